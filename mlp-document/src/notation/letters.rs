//! The letters that a derivation for any class makes up: z, p, t and S, each another one where the network has a name
//! that reads the same.

use mlp_dsl::ir::{
    Derivation,
    equation::{EquationId, Symbol},
};

use super::math::Name;

/// Each letter and what takes its place, in this order.
const LETTERS: [&[&str]; 4] = [&["z", "a", "u"], &["p", "q", "r"], &["t", "d", "y"], &["S", "Z", "D"]];

/// The letters of one page.
#[derive(Clone, Copy)]
pub(crate) struct OwnLetters {
    chosen: [&'static str; LETTERS.len()],
}

impl OwnLetters {
    /// The letters for the cross-entropy of the values p = f(z) and the targets t; `is_meant` says which values are among these.
    pub(crate) fn new(derivation: &Derivation, is_meant: impl Fn(EquationId) -> bool) -> Self {
        let is_taken = |letter: &str| {
            derivation.numbered().any(|(id, equation)| {
                matches!(&equation.symbol, Symbol::Named(name) if reads_as(name, letter)) && !is_meant(id)
            })
        };
        let free = |letters: &[&'static str]| {
            let free = letters.iter().find(|letter| !is_taken(letter));
            free.or(letters.first()).copied().unwrap_or_default()
        };
        OwnLetters { chosen: LETTERS.map(free) }
    }

    /// The letter for z, p, t or S; any other is itself.
    pub(crate) fn letter(self, letter: &str) -> &str {
        let mut all = LETTERS.iter().zip(self.chosen);
        all.find_map(|(own, chosen)| (own.first() == Some(&letter)).then_some(chosen)).unwrap_or(letter)
    }

    pub(crate) fn name(self, letter: &str) -> Name {
        Name::letter(self.letter(letter))
    }
}

/// Whether a name is the letter, or the letter with a number: z₁ is an element of z.
fn reads_as(name: &str, letter: &str) -> bool {
    name.strip_prefix(letter).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use mlp_dsl::{compile, ir::array::Op};

    use super::{EquationId, OwnLetters, Symbol};

    #[test]
    fn a_letter_that_the_network_has_is_replaced() {
        let text =
            "network S { input x[2] = [0.3, -0.2]; layer q[2] = dense(x); layer p[3] = softmax(dense(q));
            layer z1[2] = dense(x); target t[3] = [0, 1, 0]; target s[2] = [1, 2]; output p, z1;
            loss cross_entropy(p, t) + half_squared_error(z1, s); }";
        let derivation = compile(text).unwrap();
        let named =
            |id: EquationId| matches!(&derivation.equation(id).symbol, Symbol::Named(name) if name == "t");
        let is_softmax = |id: EquationId| matches!(derivation.equation(id).op, Op::Softmax(_));
        let printed = |is_meant: &dyn Fn(EquationId) -> bool| {
            let letters = OwnLetters::new(&derivation, is_meant);
            ["z", "p", "t", "S", "k"].map(|letter| letters.letter(letter).to_owned())
        };
        assert_eq!(printed(&|_| false), ["a", "r", "d", "S", "k"]);
        assert_eq!(printed(&|id| named(id) || is_softmax(id)), ["a", "p", "t", "S", "k"]);
    }
}
