//! Turns a place where the parser failed into a diagnostic (M0104) that says what to write instead.

use crate::visible::on_one_line;
use crate::{diagnostic::Diagnostic, span::Span, spelling::closest, syntax::words};

/// A place where the parser failed.
pub(crate) struct Unreadable<'t> {
    /// The word that starts the statement.
    pub(crate) keyword: &'t str,
    /// The statement up to the place, without trailing white space.
    pub(crate) before: &'t str,
    /// The text from the place on.
    pub(crate) rest: &'t str,
    /// The token at the place.
    pub(crate) found: &'t str,
    pub(crate) span: Span,
    /// The tokens that the grammar allows there, in words.
    pub(crate) expected: String,
    /// If the place follows an operand: the bracket that is open there.
    pub(crate) after: Option<Option<char>>,
}

/// Signs of other languages and the form to write instead, longer signs first.
const SIGNS: [(&str, &str); 26] = [
    (":=", "write `=`"),
    ("=>", "write `->`"),
    ("&&", "a condition is a single comparison: nest one `if` in another"),
    ("||", "a condition is a single comparison: nest one `if` in another"),
    ("**", "write `^` for powers"),
    ("!", "a condition is a single comparison: nest one `if` in another"),
    ("&", "a condition is a single comparison: nest one `if` in another"),
    ("|", "write `abs(x)` for an absolute value; a condition is a single comparison"),
    ("?", "write `if x > 0 then x else 0`"),
    ("×", "write `*` for element-wise products, `@` for matrix products"),
    ("·", "write `*` for element-wise products, `@` for matrix products"),
    ("⋅", "write `*` for element-wise products, `@` for matrix products"),
    ("−", "this is the minus sign U+2212: write `-`"),
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
    ("“", "write text in straight quotes: `\"…\"`"),
    ("%", "there is no remainder operator: write `x - n * floor(x / n)`"),
];

pub(in crate::syntax) fn cannot_read(place: &Unreadable<'_>) -> Diagnostic {
    let sign = place.sign();
    let found = on_one_line(sign.as_ref().map_or(place.found, |(sign, _, _)| sign));
    let span = sign.as_ref().map_or(place.span, |(_, span, _)| *span);
    let label = match place.expected.as_str() {
        "" => "not allowed here".to_owned(),
        "a formula" if place.before.trim_end().ends_with("data") && place.keyword == "data" => {
            "expected `{` or a number of samples".to_owned()
        }
        expected => format!("expected {expected}"),
    };
    let title = match found.chars().next() {
        None => "unexpected end of the specification".to_owned(),
        Some(c) if c.is_whitespace() || is_hidden(c) => {
            format!("unexpected character U+{:04X}", u32::from(c))
        }
        Some(_) => format!("unexpected `{found}`"),
    };
    let help = sign.map(|(_, _, help)| help).unwrap_or_else(|| place.help());
    Diagnostic::new("M0104", title, span, label).help(help)
}

const SUBSCRIPTS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// The digit that a sign means.
fn digit(sign: char, signs: &[char; 10]) -> Option<char> {
    let value = signs.iter().position(|digit| *digit == sign)?;
    char::from_digit(value as u32, 10)
}

/// Whether the character has no width.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

impl Unreadable<'_> {
    /// A sign of another language at the place: the sign, its span, the help.
    fn sign(&self) -> Option<(String, Span, String)> {
        let sign = |sign: &str, start: usize, help: &str| {
            Some((sign.to_owned(), Span::new(start, start + sign.len()), help.to_owned()))
        };
        let start = self.span.start;
        if self.before.ends_with('*') && self.rest.starts_with('*') {
            return sign("**", start.saturating_sub(1), "write `^` for powers");
        }
        if let Some(operator) = ["+=", "-=", "*=", "/="].into_iter().find(|sign| self.rest.starts_with(sign))
        {
            let (name, operator_sign) = (self.last_word(), operator.trim_end_matches('='));
            return sign(operator, start, &format!("write `{name} = {name} {operator_sign} …`"));
        }
        // A power, unless a name is declared here.
        if self.is_declared() && self.rest.starts_with(['²', '³']) {
            return None;
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
            ("and" | "or" | "not", _) => "a condition is a single comparison: nest one `if` in another",
            ("[", Some(_)) => {
                "elements of a vector can't be indexed in a formula: use named scalars, or `@` for products"
            }
            ("[", None) => "a list can only be a start value, `= [0.1, 0.2]`: use names in formulas",
            ("if" | "let", _) if self.expected.contains("a formula") => {
                "after an operator put it in parentheses: `1 + (if x > 0 then x else 0)`"
            }
            ("if" | "then" | "else", _) if self.expected == "a name" => {
                "`if`, `then` and `else` can't be names"
            }
            _ if self.expected.contains("`then`") || self.expected.contains("`else`") => {
                "write `if a < b then c else d`"
            }
            _ if self.expected.contains("`in`") => "write `let u = a * b in u^2`",
            ("if", Some(_)) => "write the condition first: `if c then a else b`",
            ("if" | "then" | "else", _) => "`if`, `then` and `else` can't be names",
            ("=", Some(_)) => "to compare two numbers write `==`; `loss`, `train` and `seed` take no `=`",
            (".", _) => "elements of a vector have no names; write numbers as `0.5`",
            _ if first == '.' => return format!("write a leading zero: `0{}`", self.found),
            (_, None) if first.is_ascii_digit() => {
                "write numbers without a suffix, `0.5` or `1e-3`; to multiply write `*`"
            }
            (_, Some(Some('('))) if starts_operand => "write `*` to multiply, or `,` between arguments",
            (_, Some(Some(_))) if starts_operand => "write `,` between elements, or `*` to multiply",
            (_, Some(None)) if starts_operand => "write `*` to multiply, or `;` to end the statement",
            ("*" | "/" | "+" | "-" | "@" | "^", _) => {
                "an operator needs an operand on each side; write `^` for powers"
            }
            (")" | "]" | "}" | "," | ";", None) => {
                return format!("something is missing before `{}`", self.found);
            }
            _ if first.is_control() => "remove the character",
            _ if first.is_whitespace() || is_hidden(first) => {
                "remove the character, or replace it with a space"
            }
            _ if !first.is_ascii() => return format!("remove the character U+{:04X}", u32::from(first)),
            _ => return self.form(),
        };
        help.to_owned()
    }

    /// The help for errors that are typical of the statement.
    fn of_the_statement(&self) -> Option<String> {
        let (word, name) = (self.found, self.last_word());
        let declares = !self.before.contains('=');
        Some(match self.keyword {
            "train" if word == ":" => {
                format!("write an option without `:`, as `{name} {}`", self.next_word())
            }
            "train" if self.after == Some(None) && word.starts_with(|c: char| c.is_ascii_digit()) => {
                let option = self.before.rsplit(',').next().unwrap_or_default();
                let option = option.split_whitespace().next().unwrap_or_default();
                format!("write the option as `{option} {word}`")
            }
            "train" if words::OPTIONS.iter().any(|option| option.text == word) => {
                format!("separate options with `,`: write `, {word} {}`", self.next_word())
            }
            "rule" if self.before.ends_with("state") => {
                "a state always starts at 0: write `state m, v;`".to_owned()
            }
            "weights" if self.before.ends_with("from") && self.after.is_some() => {
                "put the path in quotes: `weights from \"course.safetensors\";`".to_owned()
            }
            "weights" if self.before.contains("from \"") && self.before.contains('{') => {
                "map a layer or a parameter to its name in the file: `hidden = \"net.0\"`, optionally with `transposed` or \
                 `untransposed`; tensors that are not used: `ignore \"head.*\"`"
                    .to_owned()
            }
            "weights" if self.expected.contains("`transposed`") => {
                "write `weights from \"course.safetensors\";`, optionally with `transposed` after the path"
                    .to_owned()
            }
            "output" if ["[", "=", "{"].contains(&word) => {
                let size = if word == "[" { "[…] = …" } else { " = …" };
                format!("`output` names layers: declare `layer {name}{size};`; the last layer is the output")
            }
            "data" if word == ":" => "write `->` between the inputs and the target".to_owned(),
            "data" if self.before.contains("from \"") && self.before.contains('{') => {
                "name the column of an input or a target: `kind = \"species\"`, of several `x = [\"length\", \"width\"]`; the \
                 classes of a target may follow: `classes [\"no\", \"yes\"]`"
                    .to_owned()
            }
            "data" if word == "\"" => {
                "write `data from \"train.csv\";` for a table, or samples in braces: `data { (0, 1) -> 1 }`".to_owned()
            }
            "fn" if word == "{" => {
                let head = self.before.get(self.before.find("fn")?..)?;
                let head = head.split_whitespace().collect::<Vec<_>>().join(" ");
                format!("write a function as one formula: `{head} = …;`")
            }
            "weights" | "biases" | "input" | "target" | "layer" | "frozen"
                if word == ";" && self.after == Some(Some('{')) =>
            {
                "separate elements with `,`".to_owned()
            }
            "input" | "target" if word == "{" && self.expected == "a name" => {
                let (keyword, group) = (self.keyword, if self.keyword == "input" { "x" } else { "t" });
                format!("give the group a name: `{keyword} {group} {{ … }}`")
            }
            "input" | "target" if word == "," && declares => {
                let first = self.before.get(self.before.rfind(name)?..)?;
                let names = self.rest.split(';').next().unwrap_or_default();
                let group = if self.keyword == "input" { "x" } else { "t" };
                format!("declare several numbers as a group: `{} {group} {{ {first}{names} }}`", self.keyword)
            }
            "input" | "target" | "weights" | "biases" | "layer" | "frozen" if word == "(" && declares => {
                let sizes = self.rest.get(1..)?.split(')').next().unwrap_or_default();
                format!("write sizes in square brackets: `{name}[{sizes}]`")
            }
            _ => return None,
        })
    }

    /// Whether the place follows a name that is declared.
    fn is_declared(&self) -> bool {
        let declares = self.expected == "`=`" && self.keyword == "layer";
        let sized = self.expected.contains("a start value") || self.expected.contains("a shape");
        self.after.is_some() && (declares || sized)
    }

    /// The help for a name with signs that no name has: w₁, w′, w⁺.
    fn of_a_decorated_name(&self) -> Option<String> {
        self.after?;
        let sign = self.rest.chars().next()?;
        let what = match sign {
            _ if digit(sign, &SUBSCRIPTS).is_some() => "subscript digits",
            _ if digit(sign, &SUPERSCRIPTS).is_some() => "superscript digits",
            '⁺' | '⁻' | '₊' | '₋' | '⁽' | '₍' | '∗' | '†' | '°' => "signs",
            '\'' if !self.is_declared() => return Some(format!("write `transpose({})`", self.last_word())),
            '\'' | '′' | '″' | '‴' | 'ʹ' | '’' => "primes",
            _ => return None,
        };
        let plain = self.plain_name();
        if what == "superscript digits" && !self.is_declared() {
            let digits: String = self.rest.chars().map_while(|c| digit(c, &SUPERSCRIPTS)).collect();
            return Some(format!("write `^{digits}` for a power"));
        }
        let or =
            if what == "primes" && !self.is_declared() { ", or `transpose(…)` for a matrix" } else { "" };
        Some(format!("{what} can't be in names: write `{plain}`{or}"))
    }

    /// The name at the place in letters that names may have.
    fn plain_name(&self) -> String {
        let mut plain = self.last_word().to_owned();
        for sign in self.rest.chars() {
            let digit = digit(sign, &SUBSCRIPTS).or_else(|| digit(sign, &SUPERSCRIPTS));
            match (digit, sign) {
                (Some(digit), _) => plain.push(digit),
                (None, '′' | '\'' | 'ʹ' | '’') => plain.push_str("_prime"),
                (None, '″') => plain.push_str("_second"),
                (None, '‴') => plain.push_str("_third"),
                (None, '⁺' | '₊') => plain.push_str("_plus"),
                (None, '⁻' | '₋') => plain.push_str("_minus"),
                (None, '∗' | '†' | '°') => plain.push_str("_star"),
                (None, '⁽' | '⁾' | '₍' | '₎') => {}
                (None, sign) if sign.is_alphanumeric() || sign == '_' => plain.push(sign),
                (None, _) => break,
            }
        }
        plain
    }

    /// The help that the words around the place suggest.
    fn of_the_names(&self) -> Option<String> {
        if let Some(help) = self.of_a_decorated_name() {
            return Some(help);
        }
        let name = self.last_word();
        if self.expected == "a name" && self.found.starts_with(|c: char| c.is_ascii_digit()) {
            return Some("a name can't start with a digit".to_owned());
        }
        if self.before.ends_with('~') && self.found.starts_with(char::is_alphabetic) {
            let meant =
                closest(self.found, words::INITIALIZERS.iter().map(|known| known.text)).unwrap_or(self.found);
            return Some(format!("write an initializer with parentheses: `{meant}()`"));
        }
        self.after?;
        if self.rest.starts_with(".T") {
            return Some(format!("write `transpose({name})`"));
        }
        let operand = self.found.starts_with(|c: char| c.is_alphanumeric());
        if operand && words::is_function(name) {
            return Some(format!("put arguments in parentheses: `{name}({})`", self.found));
        }
        None
    }

    /// The forms of the statement.
    fn form(&self) -> String {
        let forms = words::meaning(self.keyword).and_then(|meaning| meaning.split_once("`: "));
        match forms {
            Some((forms, _)) => format!("for example: {forms}`"),
            None => "see the language reference for the syntax of each statement".to_owned(),
        }
    }

    /// The word before the place.
    fn last_word(&self) -> &str {
        let start = self.before.rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
        let behind =
            |at: usize| at + self.before.get(at..).and_then(|r| r.chars().next()).map_or(0, char::len_utf8);
        self.before.get(start.map_or(0, behind)..).unwrap_or_default()
    }

    /// The word after the token.
    fn next_word(&self) -> &str {
        let rest = self.rest.get(self.found.len()..).unwrap_or_default().trim_start();
        rest.split([',', ';', ' ', '\n']).next().unwrap_or_default()
    }
}
