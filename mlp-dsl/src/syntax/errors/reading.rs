//! M0104: what can't be read, and what is written instead.

use crate::visible::on_one_line;
use crate::{diagnostic::Diagnostic, span::Span, syntax::words};

/// A place where the parser could not go on.
pub(crate) struct Unreadable<'t> {
    /// The word that starts the sentence.
    pub(crate) keyword: &'t str,
    /// The sentence up to the place, without white space.
    pub(crate) before: &'t str,
    /// The text from the place on.
    pub(crate) rest: &'t str,
    /// The token at the place.
    pub(crate) found: &'t str,
    pub(crate) span: Span,
    /// What could have stood there.
    pub(crate) expected: String,
    /// Where an operand stands before the place: the bracket that is open then.
    pub(crate) after: Option<Option<char>>,
}

/// Signs of other languages and what is written here, longer ones first.
const SIGNS: [(&str, &str); 26] = [
    (":=", "write `=`"),
    ("=>", "write `->`"),
    ("&&", "a condition is one comparison: put one `if` into another"),
    ("||", "a condition is one comparison: put one `if` into another"),
    ("**", "a power is written `^`"),
    ("!", "a condition is one comparison: put one `if` into another"),
    ("&", "a condition is one comparison: put one `if` into another"),
    ("|", "write `abs(x)` for a distance from 0; a condition is one comparison"),
    ("?", "a choice is written `if x > 0 then x else 0`"),
    ("×", "write `*` element by element, `@` for matrix products"),
    ("·", "write `*` element by element, `@` for matrix products"),
    ("⋅", "write `*` element by element, `@` for matrix products"),
    ("−", "this is the sign U+2212: write `-`"),
    ("–", "this is a dash, U+2013: write `-`"),
    ("—", "this is a dash, U+2014: write `-`"),
    ("÷", "write `/`"),
    ("²", "write `^2`"),
    ("³", "write `^3`"),
    ("√", "write `sqrt(x)`"),
    ("∑", "write `sum(x)`"),
    ("≤", "write `<=`"),
    ("≥", "write `>=`"),
    ("≠", "write `!=`"),
    ("→", "write `->`"),
    ("“", "texts stand in straight quotes: `\"…\"`"),
    ("%", "there is no remainder: `x - n * floor(x / n)`"),
];

pub(in crate::syntax) fn cannot_read(place: &Unreadable<'_>) -> Diagnostic {
    let sign = place.sign();
    let found = on_one_line(sign.as_ref().map_or(place.found, |(sign, _, _)| sign));
    let span = sign.as_ref().map_or(place.span, |(_, span, _)| *span);
    let label = match place.expected.as_str() {
        "" => "not expected here".to_owned(),
        expected => format!("expected {expected}"),
    };
    let title = match found.chars().next() {
        None => "the text ends too early".to_owned(),
        Some(c) if c.is_whitespace() || is_hidden(c) => format!("can't read U+{:04X} here", u32::from(c)),
        Some(_) => format!("can't read `{found}` here"),
    };
    let help = sign.map(|(_, _, help)| help).unwrap_or_else(|| place.help());
    Diagnostic::new("M0104", title, span, label).help(help)
}

/// Characters without a width of their own.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

impl Unreadable<'_> {
    /// A sign of another language at the place: the sign, where it stands, what to write.
    fn sign(&self) -> Option<(String, Span, String)> {
        let sign = |sign: &str, start: usize, help: &str| {
            Some((sign.to_owned(), Span::new(start, start + sign.len()), help.to_owned()))
        };
        let start = self.span.start;
        if self.before.ends_with('*') && self.rest.starts_with('*') {
            return sign("**", start.saturating_sub(1), "a power is written `^`");
        }
        if let Some(operator) = ["+=", "-=", "*=", "/="].into_iter().find(|sign| self.rest.starts_with(sign))
        {
            let (name, operator_sign) = (self.last_word(), operator.trim_end_matches('='));
            return sign(operator, start, &format!("write `{name} = {name} {operator_sign} …`"));
        }
        let (text, help) = SIGNS.iter().find(|(sign, _)| self.rest.starts_with(sign))?;
        sign(text, start, help)
    }

    fn help(&self) -> String {
        if let Some(help) = self.of_the_statement().or_else(|| self.of_the_names()) {
            return help;
        }
        let first = self.found.chars().next().unwrap_or(' ');
        let starts_operand = first.is_alphanumeric() || first == '_' || first == '(';
        let help = match (self.found, self.after) {
            ("and" | "or" | "not", _) => "a condition is one comparison: put one `if` into another",
            ("[", Some(_)) => {
                "elements of a vector have no names in formulas: use named scalars, or `@` for products"
            }
            ("[", None) => "a list is a start value: `= [0.1, 0.2]`; in formulas use names",
            ("if" | "let", _) if self.expected.contains("a formula") => {
                "behind an operator write it in parentheses: `1 + (if x > 0 then x else 0)`"
            }
            ("if" | "then" | "else", _) if self.expected == "a name" => {
                "`if`, `then` and `else` can't be names"
            }
            _ if self.expected.contains("`then`") || self.expected.contains("`else`") => {
                "a choice is written `if a < b then c else d`"
            }
            _ if self.expected.contains("`in`") => "names for parts are written `let u = a * b in u^2`",
            ("if", Some(_)) => "the condition comes first: `if c then a else b`",
            ("if" | "then" | "else", _) => "`if`, `then` and `else` can't be names",
            ("=", Some(_)) => "to compare two numbers write `==`; `loss`, `train` and `seed` take no `=`",
            (".", _) => "elements of a vector have no names of their own; numbers are written `0.5`",
            _ if first == '.' => return format!("write a zero in front: `0{}`", self.found),
            (_, None) if first.is_ascii_digit() => {
                "numbers are written as in Rust, without a suffix: `0.5`, `1e-3`; to multiply write `*`"
            }
            (_, Some(Some('('))) if starts_operand => "to multiply write `*`; arguments are separated by `,`",
            (_, Some(Some(_))) if starts_operand => "elements are separated by `,`; to multiply write `*`",
            (_, Some(None)) if starts_operand => "to multiply write `*`; a statement ends with `;`",
            ("*" | "/" | "+" | "-" | "@" | "^", _) => {
                "an operator needs an operand on each side; a power is written `^`"
            }
            (")" | "]" | "}" | "," | ";", None) => {
                return format!("something is missing in front of `{}`", self.found);
            }
            _ if first.is_control() => "remove the character",
            _ if first.is_whitespace() || is_hidden(first) => "remove the character, or write a space",
            _ if !first.is_ascii() => return format!("this is the character U+{:04X}", u32::from(first)),
            _ => return self.form(),
        };
        help.to_owned()
    }

    /// What is special to the statement.
    fn of_the_statement(&self) -> Option<String> {
        let (word, name) = (self.found, self.last_word());
        let declares = !self.before.contains('=');
        Some(match self.keyword {
            "train" if word == ":" => {
                format!("an option is a word and its value: `{name} {}`", self.next_word())
            }
            "train" if self.after == Some(None) && word.starts_with(|c: char| c.is_ascii_digit()) => {
                let option = self.before.rsplit(',').next().unwrap_or_default();
                let option = option.split_whitespace().next().unwrap_or_default();
                format!("an option is one word and its value: `{option} {word}`")
            }
            "train" if words::OPTIONS.iter().any(|option| option.text == word) => {
                format!("options are separated by `,`: write `, {word} {}`", self.next_word())
            }
            "rule" if self.before.ends_with("state") => {
                "what a rule keeps starts at 0: `state m, v;`".to_owned()
            }
            "weights" if self.before.ends_with("from") && self.after.is_some() => {
                "a path stands in quotes: `weights from \"course.safetensors\";`".to_owned()
            }
            "weights" if self.expected.contains("`transposed`") => {
                "the form is `weights from \"course.safetensors\";`, or with `transposed` behind the path"
                    .to_owned()
            }
            "data" if word == ":" => "write `->` between the inputs and the target".to_owned(),
            "data" if word == "\"" => {
                "samples stand in braces, `data { (0, 1) -> 1 }`; files are read by the program".to_owned()
            }
            "fn" if word == "{" => {
                let head = self.before.get(self.before.find("fn")?..)?;
                let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("a function is one formula: `{head} = …;`")
            }
            "input" | "target" if word == "," && declares => {
                let first = self.before.get(self.before.rfind(name)?..)?;
                let names = self.rest.split(';').next().unwrap_or_default();
                let group = if self.keyword == "input" { "x" } else { "t" };
                format!("several numbers are a group: `{} {group} {{ {first}{names} }}`", self.keyword)
            }
            "input" | "target" | "weights" | "biases" | "layer" | "frozen" if word == "(" && declares => {
                let sizes = self.rest.get(1..)?.split(')').next().unwrap_or_default();
                format!("sizes stand in square brackets: `{name}[{sizes}]`")
            }
            _ => return None,
        })
    }

    /// What follows from the words at the place.
    fn of_the_names(&self) -> Option<String> {
        let name = self.last_word();
        if self.expected == "a name" && self.found.starts_with(|c: char| c.is_ascii_digit()) {
            return Some("a name can't begin with a digit".to_owned());
        }
        if self.before.ends_with('~') && self.found.starts_with(char::is_alphabetic) {
            return Some(format!("an initializer has parentheses: `{}()`", self.found));
        }
        self.after?;
        if self.found == "'" || self.rest.starts_with(".T") {
            return Some(format!("write `transpose({name})`"));
        }
        let operand = self.found.starts_with(|c: char| c.is_alphanumeric());
        if operand && words::is_function(name) {
            return Some(format!("arguments stand in parentheses: `{name}({})`", self.found));
        }
        None
    }

    /// The form of the statement.
    fn form(&self) -> String {
        let forms = words::meaning(self.keyword).and_then(|meaning| meaning.split_once("`: "));
        match forms {
            Some((forms, _)) => format!("the form is {forms}`"),
            None => "see the language reference for the form of each statement".to_owned(),
        }
    }

    /// The word in front of the place.
    fn last_word(&self) -> &str {
        let start = self.before.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
        let behind =
            |at: usize| at + self.before.get(at..).and_then(|r| r.chars().next()).map_or(0, char::len_utf8);
        self.before.get(start.map_or(0, behind)..).unwrap_or_default()
    }

    /// What stands behind the token.
    fn next_word(&self) -> &str {
        let rest = self.rest.get(self.found.len()..).unwrap_or_default().trim_start();
        rest.split([',', ';', ' ', '\n']).next().unwrap_or_default()
    }
}
