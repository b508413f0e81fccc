//! The lines of a listing: statements, comments and blocks, each in the language's own form.

use crate::{
    Language,
    text::{APART, BREAK, SOFT, Text, WIDTH, broken, filled, flat, paragraph},
};

/// The lines so far.
#[derive(Debug)]
pub(crate) struct Page {
    language: Language,
    lines: Vec<String>,
    depth: usize,
}

impl Page {
    pub(crate) fn new(language: Language) -> Self {
        Page { language, lines: Vec::new(), depth: 0 }
    }

    /// All lines as a text.
    pub(crate) fn text(&self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }

    /// Appends the lines of another page.
    pub(crate) fn append(&mut self, other: Page) {
        if !other.lines.is_empty() {
            self.gap();
            self.lines.extend(other.lines);
        }
    }

    fn step(&self) -> usize {
        match self.language {
            Language::Python => 4,
            Language::JavaScript => 2,
        }
    }

    fn room(&self) -> usize {
        WIDTH.saturating_sub(self.depth * self.step())
    }

    /// A line as it is.
    pub(crate) fn line(&mut self, text: &str) {
        let indent = " ".repeat(self.depth * self.step());
        self.lines.push(format!("{indent}{text}").trim_end().to_owned());
    }

    /// An empty line, if the last is none.
    pub(crate) fn blank(&mut self) {
        let open = self.lines.last().is_none_or(|line| line.is_empty() || line.ends_with([':', '{']));
        if !open {
            self.lines.push(String::new());
        }
    }

    /// Two empty lines, as Python has around functions.
    pub(crate) fn gap(&mut self) {
        let ended = |line: Option<&String>| line.is_some_and(|line| !line.is_empty());
        if ended(self.lines.last()) {
            self.lines.push(String::new());
        }
        let before = self.lines.len().checked_sub(2).and_then(|index| self.lines.get(index));
        if self.language == Language::Python && self.depth == 0 && ended(before) {
            self.lines.push(String::new());
        }
    }

    /// A comment, on several lines where it is long. No character of it ends the comment.
    pub(crate) fn comment(&mut self, text: &str) {
        let sign = match self.language {
            Language::Python => "#",
            Language::JavaScript => "//",
        };
        let lines = paragraph(text, self.room().saturating_sub(sign.len() + 3));
        for (index, line) in lines.iter().enumerate() {
            let hang = if index == 0 { "" } else { "  " };
            self.line(&format!("{sign} {hang}{line}"));
        }
        if lines.is_empty() {
            self.line(sign);
        }
    }

    /// An equation as a comment, broken as a statement is.
    pub(crate) fn formula(&mut self, text: &str) {
        let sign = match self.language {
            Language::Python => "#",
            Language::JavaScript => "//",
        };
        for (index, line) in broken(text, self.room().saturating_sub(sign.len() + 3)).iter().enumerate() {
            let hang = if index == 0 { "" } else { "  " };
            self.line(&format!("{sign} {hang}{line}"));
        }
    }

    /// Running text as a comment.
    pub(crate) fn prose(&mut self, text: &str) {
        let sign = match self.language {
            Language::Python => "#",
            Language::JavaScript => "//",
        };
        for line in paragraph(text, self.room().saturating_sub(sign.len() + 1)) {
            self.line(&format!("{sign} {line}"));
        }
    }

    /// A heading between sections.
    pub(crate) fn heading(&mut self, words: &str) {
        self.gap();
        self.comment(&format!("---- {words} ----"));
        self.blank();
    }

    /// `name = value`
    pub(crate) fn define(&mut self, name: &str, value: &Text) {
        let start = match self.language {
            Language::Python => format!("{name} = "),
            Language::JavaScript => format!("const {name} = "),
        };
        self.assignment(&start, value);
    }

    /// A variable that changes later.
    pub(crate) fn variable(&mut self, name: &str, value: &Text) {
        let start = match self.language {
            Language::Python => format!("{name} = "),
            Language::JavaScript => format!("let {name} = "),
        };
        self.assignment(&start, value);
    }

    /// A new value of a variable.
    pub(crate) fn assign(&mut self, name: &str, value: &Text) {
        self.assignment(&format!("{name} = "), value);
    }

    /// `return value`
    pub(crate) fn give(&mut self, value: &Text) {
        self.assignment("return ", value);
    }

    fn end(&self) -> &'static str {
        match self.language {
            Language::Python => "",
            Language::JavaScript => ";",
        }
    }

    fn assignment(&mut self, start: &str, value: &Text) {
        let (flat, end) = (value.flat(), self.end());
        let columns = start.chars().count() + flat.chars().count() + end.len();
        if columns <= self.room() || !value.text.contains([BREAK, APART, SOFT]) {
            self.line(&format!("{start}{flat}{end}"));
            return;
        }
        let listed = value.text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let (open, inside, close) = match (listed, self.language) {
            (Some(inside), _) if is_one_bracket(&flat) => ("[", inside, "]"),
            (_, Language::Python) => ("(", value.text.as_str(), ")"),
            (_, Language::JavaScript) if start == "return " => ("(", value.text.as_str(), ")"),
            (_, Language::JavaScript) => ("", value.text.as_str(), ""),
        };
        self.line(&format!("{start}{open}"));
        self.depth += 1;
        let lines = broken(inside, self.room());
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.iter().enumerate() {
            let end = if index == last && close.is_empty() { end } else { "" };
            self.line(&format!("{line}{end}"));
        }
        self.depth -= 1;
        if !close.is_empty() {
            self.line(&format!("{close}{end}"));
        }
    }

    /// Items between brackets, on several lines where they are many: `start`, `(`, items, `)`, `end`.
    pub(crate) fn listed(&mut self, start: &str, brackets: [&str; 2], items: &[String], end: &str) {
        let [open, close] = brackets;
        let one = format!("{start}{open}{}{close}{end}", items.join(", "));
        if one.chars().count() <= self.room() {
            self.line(&one);
            return;
        }
        self.line(&format!("{start}{open}"));
        self.depth += 1;
        let mut text = items.join(",\n");
        text.push(',');
        for line in filled(&text, self.room()) {
            self.line(&line);
        }
        self.depth -= 1;
        self.line(&format!("{close}{end}"));
    }

    /// A matrix, row by row: `start`, `[`, one list a row, `]`.
    pub(crate) fn rows(&mut self, start: &str, rows: &[Vec<String>], end: &str) {
        self.line(&format!("{start}["));
        self.depth += 1;
        for row in rows {
            self.listed("", ["[", "]"], row, ",");
        }
        self.depth -= 1;
        self.line(&format!("]{end}"));
    }

    /// The start of a declaration: `name = ` or `const name = `.
    pub(crate) fn declaration(&self, name: &str) -> String {
        match self.language {
            Language::Python => format!("{name} = "),
            Language::JavaScript => format!("const {name} = "),
        }
    }

    /// The sign after a statement.
    pub(crate) fn terminator(&self) -> &'static str {
        self.end()
    }

    /// Whether a line of this text is not too long.
    pub(crate) fn fits(&self, text: &str) -> bool {
        text.chars().count() <= self.room()
    }

    /// What follows is inside.
    pub(crate) fn indent(&mut self) {
        self.depth += 1;
    }

    /// What follows is outside again.
    pub(crate) fn dedent(&mut self) {
        self.depth -= 1;
    }

    /// Opens a function.
    pub(crate) fn function(&mut self, name: &str, parameters: &[String], exported: bool) {
        match self.language {
            Language::Python => self.listed(&format!("def {name}"), ["(", ")"], parameters, ":"),
            Language::JavaScript => {
                let export = if exported { "export " } else { "" };
                self.listed(&format!("{export}function {name}"), ["(", ")"], parameters, " {");
            }
        }
        self.depth += 1;
    }

    /// Opens a block with this first line, such as `for x in y`.
    pub(crate) fn open(&mut self, first: &str) {
        match self.language {
            Language::Python => self.line(&format!("{first}:")),
            Language::JavaScript => self.line(&format!("{first} {{")),
        }
        self.depth += 1;
    }

    /// Closes a block or a function.
    pub(crate) fn close(&mut self) {
        self.depth -= 1;
        if self.language == Language::JavaScript {
            self.line("}");
        }
    }

    /// Opens the branch of a condition.
    pub(crate) fn open_if(&mut self, condition: &str) {
        let condition = flat(condition);
        match self.language {
            Language::Python => self.open(&format!("if {condition}")),
            Language::JavaScript => self.open(&format!("if ({condition})")),
        }
    }
}

/// Whether the first bracket closes at the end.
fn is_one_bracket(text: &str) -> bool {
    let mut depth = 0_u32;
    let last = text.len().saturating_sub(1);
    for (index, c) in text.char_indices() {
        match c {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index == last;
        }
    }
    false
}
