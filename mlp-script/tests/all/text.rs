//! Names, comments and numbers of listings.

use mlp_script::{Language, NUMBERS, Refusal, emit};

use crate::run::{LANGUAGES, agreement, derivation, listing, run};

/// Keywords, names of the listing's own, letters that are no letters of both languages, and names that clash in the one
/// namespace of a program: each gets a name that nothing else has, and the values stay the same.
#[test]
fn names() {
    let text = "
        const e = 2.5;
        fn exp(print) = print * e;
        fn square(range) = range^2 + exp(range);
        network Names: f64 {
            input   x { lambda = 0.5, i = 0.25, j = 2, 中 = 1.5 }
            weights { exp = 0.5, exp_ = 0.25, square = -2, dot = 3, name_ſ = 1, samples = 2, 𝓐 = 4, type = 1, __debug__ = 2 }
            layer   class { print = square(exp * lambda + exp_ * i + square * j),
                            await = exp(dot * name_ſ * 中 + samples * 𝓐 + type * __debug__) }
            target  t { True = 1, function = 2 }
            loss    half_squared_error(class, t);
            train   sgd(rate = 0.1);
        }";
    let derivation = derivation(text);
    for language in LANGUAGES {
        let agreement = agreement(&derivation, language).unwrap();
        assert_eq!(agreement.equal, agreement.values);
    }
    let python = listing(text, Language::Python);
    for name in
        ["lambda_ = ", "exp__ = ", "exp_ = ", "name_u17f = ", "u1d4d0 = ", "True_ = ", "中 = ", "square = "]
    {
        assert!(python.contains(&format!("\n{name}")), "{name}\n{python}");
    }
    assert!(python.contains("def square_(range_):"), "{python}");
}

/// No text of a specification leaves its comment, and none is read as the encoding of the file.
#[test]
fn comments_hold_what_they_are_given() {
    let text = "
        document { title = \"*/ ''' \\\"\\\"\\\" coding: latin-1\" }
        /// first\u{2028}throw 1 \u{b}throw 2 \u{85}throw 3 \u{c}throw 4 \r throw 5
        /// */ throw 6; ''' \"\"\" coding: utf-7
        network coding: f64 {
            input   x { i1 = 0.5 }
            /// \u{202e}throw 7
            weights { w = 0.5 }
            layer   y { o = w * i1 }
            target  t { t1 = 1 }
            loss    half_squared_error(y, t);
            train   sgd(rate = 0.5);
        }";
    for language in LANGUAGES {
        let listing = listing(text, language);
        assert!(run(&listing, language).starts_with("o: 0.25\n"), "{listing}");
        let sign = if language == Language::Python { "#" } else { "//" };
        let outside = listing.lines().filter(|line| !line.trim_start().starts_with(sign));
        assert!(outside.clone().all(|line| !line.contains("throw")), "{listing}");
        let separators = ['\u{2028}', '\u{b}', '\u{85}', '\u{c}', '\r', '\u{202e}'];
        assert!(!listing.contains(separators), "{listing}");
        assert!(listing.lines().take(2).all(|line| !line.contains("coding:")), "{listing}");
    }
}

/// Where Python's own functions stop, the listing goes on as the network does; elsewhere it has no such functions.
#[test]
fn nothing_stops_a_listing() {
    let text = "
        network Ends: f64 {
            input   x { big = 1000, zero = 0, less = -2 }
            weights { w = 1, v = 0.5 }
            layer   y {
                a = sigmoid(-w * big), b = ln(zero * w), c = w / zero, d = sqrt(less * w),
                e = (less * w)^v, f = (w * big)^(v * 1000), g = zero^(-w), h = floor(w / zero), k = floor(-2.5 * w),
                l = softplus(w * big), m = -w / zero, n = erf(v * less), o = tanh(w * big), p = zero / zero * w,
                q = w * 12345678901234567890, r = w * 0.00001234, s = (less * w)^3,
            }
            target  t[17] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            loss    sum(y) + t @ t;
            train   sgd(rate = 0.5);
        }";
    let derivation = derivation(text);
    let printed = LANGUAGES.map(|language| {
        agreement(&derivation, language).unwrap();
        run(&emit(&derivation, language, "mlpc").unwrap(), language)
    });
    let [python, javascript] = printed.map(|text| {
        let of =
            |name: &str| text.lines().find(|line| line.starts_with(&format!("{name}: "))).unwrap().to_owned();
        ["a", "b", "c", "d", "e", "f", "g", "h", "k", "m", "p", "q", "r", "s"].map(of)
    });
    let expected = [
        "a: 0.0",
        "b: -inf",
        "c: inf",
        "d: nan",
        "e: nan",
        "f: inf",
        "g: inf",
        "h: inf",
        "k: -3.0",
        "m: -inf",
        "p: nan",
        "q: 1.2345678901234567e+19",
        "r: 1.234e-05",
        "s: -8.0",
    ];
    assert_eq!(python, expected);
    assert_eq!(javascript, expected);
    let plain =
        listing(&text.replace("= 1000, zero = 0, less = -2", "= 1, zero = 1, less = 2"), Language::Python);
    assert!(!plain.contains("math."), "{plain}");
}

/// A network is refused with a way out, not half written.
#[test]
fn refusals() {
    let network = |size: usize, rest: &str| {
        format!(
            "network N: f64 {{ input x[{size}]{rest}; layer y[1] = dense(x); target t[1] = [1]; loss squared_error(y, t); }}"
        )
    };
    let refusal = |text: &str| emit(&derivation(text), Language::Python, "mlpc").unwrap_err();
    assert_eq!(refusal(&network(2, "")), Refusal::Missing(vec!["x".to_owned()]));
    let numbers = vec!["0"; NUMBERS].join(", ");
    assert_eq!(refusal(&network(NUMBERS, &format!(" = [{numbers}]"))), Refusal::Parameters(NUMBERS + 1));
    assert!(
        emit(&derivation(&network(NUMBERS - 1, &format!(" = [{}]", &numbers[3..]))), Language::Python, "")
            .is_ok()
    );
}

/// A neuron with thousands of terms is no deeper than a parser allows, and the same text gives the same listing.
#[test]
fn long_sums() {
    let count = 2000;
    let inputs: Vec<String> = (0..count).map(|k| format!("i{k} = 0.5")).collect();
    let sum: Vec<String> = (0..count).map(|k| format!("w * i{k}")).collect();
    let text = format!(
        "network Long: f64 {{ input x {{ {} }} weights {{ w = 0.25 }} layer y {{ o = {} }} }}",
        inputs.join(", "),
        sum.join(" + ")
    );
    for language in LANGUAGES {
        let own = listing(&text, language);
        assert!(run(&own, language).contains("o: 250.0\n"));
        assert_eq!(own, listing(&text, language));
    }
}
