//! Batches of more samples than a group has: code and referee add in the same order, bit for bit.

use std::fmt::Write;

use mlp_random::compiled::other_bits;

/// A network with this many samples, in blocks and written out, with all kinds of parameters.
fn specification(samples: usize, options: &str, reduction: &str, weighted: bool) -> String {
    let mut data = String::new();
    for sample in 0..samples {
        let (a, b) = (sample * 37 % 101, sample * 53 % 97);
        let weight = if weighted { format!(", {}.{a:03}", a % 3) } else { ",".to_owned() };
        let _ = write!(data, "(0.{a:03}, -0.{b:03}, 0.7) -> (0.{b:03}{weight}), ");
    }
    let [importance, by] = if weighted { ["importance q;", " weighted by 0.1 + q"] } else { [""; 2] };
    format!(
        "pub network Long: f32 {{
            input x[3];
            weights W[3, 10], v[10];
            weights {{ s = 0.7 }}
            biases b[10], c = 0.1;
            layer h[10] = tanh(x @ W + b);
            layer y {{ o = s * (v @ h) + c }}
            target t {{ z }}
            {importance}
            loss (o - z)^2{by};
            penalty 0.1 * s^2;
            train sgd(rate = 0.001), batch 7{reduction};
            {options}
            data {{ {data} }}
        }}"
    )
}

#[test]
fn code_and_referee_add_in_the_same_order() {
    for (samples, options, reduction, weighted) in [
        (256, "unroll never;", "", false),
        (257, "unroll never;", "", false),
        (600, "unroll never;", "", true),
        (513, "unroll never; arithmetic fused;", ", reduction = sum", false),
        (1000, "unroll always;", "", true),
        (770, "unroll always; arithmetic fused;", "", false),
    ] {
        let text = specification(samples, options, reduction, weighted);
        let compared = other_bits("long-batches", &text).map_err(|error| error.to_string());
        // Outputs, three losses, and 52 parameters.
        assert_eq!(compared, Ok((Vec::new(), samples + 3 + 52)), "{samples} samples, {options}");
    }
}
