//! Attributes before `network`: what generated types make of them, from tokens and from a text.

use std::fmt::Debug;

macro_rules! attributed {
    ($(#[$meta:meta])* $name:ident) => {
        mlp::mlp! {
            $(#[$meta])*
            #[doc(alias = "perceptron")]
            network $name: f64 {
                input  x[40];
                layer  hidden[2] = tanh(dense(x));
                layer  y[1] = dense(hidden);
                target t[1];
                loss   half_squared_error(y, t);
                train  momentum(rate = 0.1);
            }
        }
    };
}

attributed!(
    /// Its values are compared and copied.
    #[derive(Clone, Copy, std::fmt::Debug, PartialEq, PartialOrd)]
    #[repr(C)]
    #[must_use = "nobody needs a network for nothing"]
    Compared
);

attributed!(
    #[cfg(any())]
    #[derive(no::such::Trait)]
    Absent
);

attributed!(
    #[cfg_attr(all(), derive(Copy), allow(dead_code))]
    #[cfg_attr(any(), derive(no::such::Trait))]
    #[allow(dead_code, reason = "it is copied only")]
    #[non_exhaustive]
    Conditional
);

/// Without the attribute it would be in conflict.
#[derive(Clone, Copy)]
struct Absent;

fn copied<T: Copy + Debug + PartialEq>(of: &T) -> T {
    *of
}

#[test]
fn derived_traits_reach_the_types_for_users() {
    let network = Compared::new();
    assert_eq!(copied(&network), network);
    assert!(network <= network && Compared::ZERO.b_y <= network.b_y);
    assert_eq!(copied(&ComparedGradients::new()), ComparedGradients::new());
    assert_eq!(copied(&ComparedOptimizer::new()), ComparedOptimizer::new());
    assert_eq!(copied(&network.trace(&[0.5; 40])), network.trace(&[0.5; 40]));
    assert_eq!(std::mem::offset_of!(Compared, W_hidden), 0);
    let conditional = (Conditional::new(), ConditionalGradients::new(), Absent);
    assert!(copied(&conditional.0) == Conditional::new() && copied(&conditional.1).b_y == [0.0]);
    let _copied = (conditional.2, conditional.2);
}
