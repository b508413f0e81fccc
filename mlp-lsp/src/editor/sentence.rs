//! Analyses the unfinished sentence at the end of a text from its tokens, because it can't be parsed.

use mlp_dsl::syntax::words::Place;

/// The completions that fit at a place.
pub(super) enum Expected {
    Nothing,
    Sentence(Place),
    /// A sentence of a rule.
    RuleSentence,
    Formula,
    Rule,
    Initializer,
    /// An option of `train`.
    Option,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// The name of a heading.
    Heading,
    /// The code of a warning.
    Warning,
}

/// The unfinished sentence at the end of a text.
pub(super) struct Sentence<'t> {
    /// Its tokens outside its own brackets.
    tokens: Vec<&'t str>,
    /// The first word of the sentence whose braces enclose it.
    pub(super) owner: Option<&'t str>,
    /// The callee of the innermost open parentheses.
    pub(super) callee: Option<&'t str>,
    /// Whether parentheses or square brackets are open.
    nested: bool,
    /// The names that it declares: parameters of a function, `let` names.
    pub(super) names: Vec<&'t str>,
}

impl<'t> Sentence<'t> {
    pub(super) fn last(code: &[&'t str]) -> Self {
        // Each open bracket, and the start of its sentence.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut start = 0;
        for (index, token) in code.iter().enumerate() {
            match *token {
                "{" => {
                    open.push((index, start));
                    start = index + 1;
                }
                "(" | "[" => open.push((index, start)),
                "}" | ")" | "]" => {
                    let outer = open.pop().map_or(0, |(_, outer)| outer);
                    start = if *token == "}" { index + 1 } else { outer };
                }
                ";" => start = index + 1,
                _ => {}
            }
        }
        let is_brace = |at: usize| code.get(at) == Some(&"{");
        let brace = open.iter().rfind(|(at, _)| is_brace(*at));
        let innermost = open.last().filter(|(at, _)| !is_brace(*at));
        let sentence = code.get(start..).unwrap_or_default();
        Sentence {
            tokens: outside_brackets(sentence),
            owner: brace.and_then(|(at, start)| owner(code.get(*start..*at)?)),
            callee: innermost.and_then(|(at, _)| code.get(at.checked_sub(1)?)).copied(),
            nested: innermost.is_some(),
            names: declared(sentence),
        }
    }

    pub(super) fn first(&self) -> Option<&'t str> {
        first_word(&self.tokens)
    }

    /// Whether its formulas can use more than constants.
    pub(super) fn calls(&self) -> bool {
        let constants = [
            "seed",
            "const",
            "train",
            "data",
            "expect",
            "unroll",
            "weights",
            "biases",
            "input",
            "target",
            "importance",
        ];
        let word =
            self.first().filter(|word| ["layer", "loss", "penalty", "fn"].contains(word)).or(self.owner);
        !self.first().is_some_and(|first| constants.contains(&first))
            && !word.is_some_and(|w| constants.contains(&w))
    }

    pub(super) fn expected(&self) -> Expected {
        let last = self.tokens.last().copied();
        // In a list in braces, each part is a separate sentence.
        let part = self.tokens.rsplit(|token| *token == ",").next().unwrap_or_default();
        let assigns = part.contains(&"=") || self.nested;
        match (self.owner, self.first()) {
            (None, None) => Expected::Sentence(Place::File),
            (None, Some("network")) if last == Some(":") => Expected::Choice(&["f32", "f64"]),
            (None, Some("pub")) if last == Some("pub") => Expected::Choice(&["network"]),
            (Some("network" | "pub"), None) => Expected::Sentence(Place::Network),
            (Some("rule"), None) => Expected::RuleSentence,
            (Some("headings"), _) if !assigns => Expected::Heading,
            (Some("document"), _) if !assigns => {
                Expected::Choice(&["title", "author", "question", "marks", "headings"])
            }
            (Some("document" | "headings"), _) => Expected::Nothing,
            (_, Some("weights")) if last == Some("weights") && !self.nested => Expected::Choice(&["from"]),
            (_, Some("data")) if self.is_file_of("data") => Expected::Nothing,
            (_, Some("weights")) if self.is_file_of("weights") => match last {
                Some("transposed") => Expected::Nothing,
                _ => Expected::Choice(&["transposed"]),
            },
            (_, Some("expect")) if last == Some("expect") && !self.nested => Expected::Choice(&["from"]),
            (_, Some("train")) => self.train(last),
            (_, Some("unroll")) => Expected::Choice(&["always", "never"]),
            (_, Some("arithmetic")) => Expected::Choice(&["separate", "fused"]),
            (_, Some("backward")) => Expected::Choice(&["inputs"]),
            (_, Some("allow")) => Expected::Warning,
            (_, Some("loss")) if last == Some("weighted") => Expected::Choice(&["by"]),
            (_, Some("loss" | "penalty" | "seed" | "batch" | "data" | "output")) => Expected::Formula,
            _ if last == Some("~") => Expected::Initializer,
            (_, Some("target")) if last == Some(":") => Expected::Choice(&["class"]),
            (Some("data"), _) => Expected::Formula,
            _ if assigns && last != Some("~") => Expected::Formula,
            _ => Expected::Nothing,
        }
    }

    /// Whether it is `weights from "…"` or `data from "…"`, so far.
    fn is_file_of(&self, keyword: &str) -> bool {
        let mut words = self.tokens.iter().skip_while(|token| **token != keyword).skip(1);
        words.next() == Some(&"from") && words.next().is_some_and(|text| text.starts_with(['"', 'r']))
    }

    fn train(&self, last: Option<&str>) -> Expected {
        if self.nested {
            return Expected::Formula;
        }
        match last {
            Some("train") => Expected::Rule,
            Some(",") => Expected::Option,
            Some("=") if self.tokens.iter().rev().nth(1) == Some(&"reduction") => {
                Expected::Choice(&["mean", "sum"])
            }
            Some("=") if self.tokens.iter().rev().nth(1) == Some(&"shuffle") => Expected::Choice(&["none"]),
            _ => Expected::Formula,
        }
    }
}

/// The tokens outside all brackets, closed or open.
fn outside_brackets<'t>(sentence: &[&'t str]) -> Vec<&'t str> {
    let mut depth = 0_usize;
    let mut outside = Vec::new();
    for token in sentence {
        match *token {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(*token),
            _ => {}
        }
    }
    outside
}

/// The owner of braces: `layer h {`, `headings = {`.
fn owner<'t>(before: &[&'t str]) -> Option<&'t str> {
    match before {
        [.., name, "="] => Some(name),
        _ => first_word(before),
    }
}

fn first_word<'t>(sentence: &[&'t str]) -> Option<&'t str> {
    sentence.iter().copied().find(|token| token.starts_with(|c: char| c.is_alphabetic() || c == '_'))
}

/// The names that a sentence declares: the words between `let` or `,` and `=`, and in a function the words in
/// its first parentheses.
fn declared<'t>(sentence: &[&'t str]) -> Vec<&'t str> {
    let mut names = Vec::new();
    if first_word(sentence) == Some("fn") {
        let inside = sentence.iter().skip_while(|token| **token != "(").skip(1);
        let inside = inside.take_while(|token| **token != ")");
        names.extend(inside.filter(|token| token.starts_with(char::is_alphabetic)));
    }
    if let Some(bound) = sentence.iter().rposition(|token| *token == "let") {
        for window in sentence.get(bound..).unwrap_or_default().windows(2) {
            if let ["let" | ",", name] = window {
                names.push(*name);
            }
        }
    }
    names
}
