//! Properties over random texts and random formulas.

use mlp_dsl::{
    Compilation, compile, diagnostic::Diagnostics, ir, ir::verify::verify, outline::outlines, plan,
    syntax::parse, weights::NoFiles,
};
use mlp_eval::{Point, Verdict, check_gradients};
use mlp_rust::Options;
use proptest::prelude::*;

const EXERCISE: &str = include_str!("../../../examples/course/exercise.mlp");
const HOMEWORK: &str = include_str!("../../../examples/course/homework.mlp");

/// Everything that can be done with a text, done.
fn use_up(text: &str) {
    match Compilation::of(text, &NoFiles) {
        Ok(compiled) => {
            assert_eq!(verify(&compiled.derivation), Ok(()));
            assert_eq!(plan::verify(&compiled.derivation, &compiled.plan), Ok(()));
            let _ = mlp_rust::emit(&compiled, &Options::default());
        }
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            let inside = |d: &mlp_dsl::diagnostic::Diagnostic| {
                d.labels
                    .iter()
                    .all(|label| label.span.start <= label.span.end && label.span.start <= text.len())
            };
            assert!(diagnostics.iter().all(inside), "{diagnostics:?}");
            let ast = parse(text, &mut Diagnostics::default());
            let _ = mlp_rust::stub(&outlines(&ast, text), None, None);
        }
    }
}

/// A formula over x, y (inputs) and a, b, c (weights).
fn formula() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("x".to_owned()),
        Just("y".to_owned()),
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("c".to_owned()),
        (1_u32..40).prop_map(|n| format!("{}", f64::from(n) / 8.0)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            (two.clone(), prop_oneof![Just('+'), Just('-'), Just('*')])
                .prop_map(|((l, r), sign)| format!("({l} {sign} {r})")),
            two.clone().prop_map(|(l, r)| format!("({l} / (1.5 + {r}^2))")),
            (inner.clone(), prop_oneof![Just("sigmoid"), Just("tanh"), Just("relu"), Just("abs")])
                .prop_map(|(x, f)| format!("{f}({x})")),
            inner.clone().prop_map(|x| format!("exp(-{x}^2)")),
            inner.clone().prop_map(|x| format!("ln(2 + {x}^2)")),
            (inner.clone(), 1_u32..5).prop_map(|(x, n)| format!("{x}^{n}")),
            inner.clone().prop_map(|x| format!("(1 + {x}^2)^0.5")),
            inner.clone().prop_map(|x| format!("1.5^{x}")),
            two.clone().prop_map(|(l, r)| format!("max({l}, {r})")),
            (two, inner).prop_map(|((l, r), c)| format!("(if {c} > 0.25 then {l} else {r})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,200}") {
        use_up(&text);
    }

    #[test]
    fn no_sequence_of_words_makes_the_compiler_panic(words in proptest::collection::vec(
        prop_oneof![
            Just("network"), Just("N"), Just(":"), Just("f64"), Just("{"), Just("}"), Just("input"), Just("x"),
            Just("["), Just("]"), Just("("), Just(")"), Just("2"), Just(";"), Just(","), Just("="), Just("layer"),
            Just("y"), Just("dense"), Just("weights"), Just("w"), Just("@"), Just("*"), Just("^"), Just("loss"),
            Just("train"), Just("sgd"), Just("if"), Just("then"), Just("else"), Just("fn"), Just("~"), Just("///"),
            Just("\n"), Just("\""), Just("/*"), Just("*/"), Just("r#"), Just("#[doc = \"x\"]"),
        ], 0..60)) {
        use_up(&words.join(" "));
    }

    #[test]
    fn a_damaged_specification_is_reported(at in 0_usize..400, length in 0_usize..12, with in "[a-z0-9(){};,=*@^~ ]{0,6}") {
        for text in [EXERCISE, HOMEWORK] {
            let start = at.min(text.len());
            let end = (start + length).min(text.len());
            let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else { continue };
            use_up(&format!("{before}{with}{after}"));
        }
    }

    /// The derivative of any formula, against the complex step.
    #[test]
    fn gradients_of_random_formulas(formula in formula(), seed in 0_u64..1000) {
        let text = format!(
            "network N: f64 {{ input p {{ x, y }} weights {{ a = 0.3, b = -0.7, c = 1.1 }} \
             layer o {{ z = {formula} + 0 * (a + b + c + x + y) + a * b + c, w = tanh({formula}) }} \
             target t[2]; loss half_squared_error(o, t); train sgd(rate = 0.1); }}"
        );
        let derivation = compile(&text).map_err(|e| TestCaseError::fail(format!("{e:?}")))?;
        prop_assert_eq!(verify(&derivation), Ok(()));
        let point = Point::drawn(&derivation, seed, true);
        let loss = derivation.loss.as_ref().map(|loss: &ir::Loss| loss.total);
        let value = loss.map(|loss| mlp_eval::evaluate::<f64>(&derivation, &point).scalar(loss));
        prop_assume!(value.is_some_and(f64::is_finite));
        let check = check_gradients(&derivation, &point);
        let check = check.ok_or_else(|| TestCaseError::fail("no loss"))?;
        let is_good = matches!(check.verdict, Verdict::Right | Verdict::Limited(_));
        prop_assert!(is_good, "{formula}: {check:?}");
    }
}
