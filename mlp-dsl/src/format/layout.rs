//! Turns the tree of tokens into lines: chooses line breaks, indentation and spaces.

use super::tree::Node;
use crate::syntax::{
    lexer::{Kind, Token},
    words::precedes_formula,
};

/// The maximum width of a line in columns.
const WIDTH: usize = 100;

/// The formatted text of a specification.
pub(super) fn print(nodes: &[Node<'_>]) -> String {
    let mut printer = Printer { out: String::new() };
    printer.statements(nodes, 0);
    let mut out = printer.out.trim_start_matches('\n').to_owned();
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

struct Printer {
    out: String,
}

impl Printer {
    fn line(&mut self, depth: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', 4 * depth));
    }

    /// The columns of the line so far; capped once the line is too long.
    fn column(&self) -> usize {
        self.out.chars().rev().take_while(|c| *c != '\n').take(WIDTH + 1).count()
    }

    /// Sentences, each on a new line, up to its `;` or its braces.
    fn statements(&mut self, nodes: &[Node<'_>], depth: usize) {
        let mut rest = nodes;
        let mut is_first = true;
        while let Some(first) = rest.first() {
            let breaks = first.first().breaks;
            let own_line = breaks > 0 || is_first;
            if first.is_comment() && !own_line {
                self.out.push(' ');
            } else {
                if breaks > 1 && !is_first {
                    self.out.push('\n');
                }
                self.line(depth);
            }
            is_first = false;
            let length = if first.is_comment() { 1 } else { statement_length(rest) };
            let (statement, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.statement(statement, depth);
            rest = behind;
        }
    }

    fn statement(&mut self, nodes: &[Node<'_>], depth: usize) {
        let words = nodes.iter().take_while(|node| !node.is_braces()).map(Node::text);
        let mut words = words.filter(|word| !["pub", "frozen"].contains(word));
        let style = match words.find(|word| word.chars().all(char::is_alphabetic) && !word.is_empty()) {
            Some("network" | "rule") => Style::Statements,
            Some("layer") => Style::Apart,
            _ => Style::Fitting,
        };
        let wide = 4 * depth + flat_width(nodes) > WIDTH && !nodes.iter().any(Node::is_braces);
        let breaks = if wide { Breaks::of(nodes) } else { Breaks::Nowhere };
        self.broken(nodes, depth, style, breaks);
    }

    fn sequence(&mut self, nodes: &[Node<'_>], depth: usize, style: Style) {
        self.broken(nodes, depth, style, Breaks::Nowhere);
    }

    /// Nodes on one line, with braces in the given style and line breaks as given.
    fn broken(&mut self, nodes: &[Node<'_>], depth: usize, style: Style, breaks: Breaks) {
        let mut before: Option<&Node<'_>> = None;
        let mut earlier: Option<&Node<'_>> = None;
        let mut is_derivative = false;
        for (index, node) in nodes.iter().enumerate() {
            let after_comment = before.is_some_and(|before| ends_line(before));
            // Each form of a stated derivative has a line.
            let form = is_derivative && node.text() == "=" && matches!(breaks, Breaks::Words);
            is_derivative |= node.text() == "derivative";
            if after_comment || form || (index > 0 && breaks.stand_before(node, before)) {
                self.line(depth + 1);
            } else if before.is_some_and(|before| space_between(earlier, before, node)) {
                self.out.push(' ');
            }
            match node {
                Node::Token(token) => self.out.push_str(token.text),
                Node::Brackets { open, inside, close } => {
                    let style = if open.text == "{" { style } else { Style::Fitting };
                    let behind = nodes.get(index + 1..).unwrap_or_default();
                    // What comes after braces has their last line.
                    let after = match behind {
                        [_, _, ..] if open.text == "{" => flat_width(behind) + 1,
                        _ => usize::from(!behind.is_empty()),
                    };
                    self.brackets((open, inside, close), depth, style, after);
                }
            }
            earlier = before;
            before = Some(node);
        }
    }

    fn brackets(
        &mut self,
        (open, inside, close): (&Token<'_>, &[Node<'_>], &Token<'_>),
        depth: usize,
        style: Style,
        after: usize,
    ) {
        self.out.push_str(open.text);
        if inside.is_empty() {
            self.out.push_str(close.text);
            return;
        }
        let commented = inside.iter().any(Node::has_line_comment);
        match style {
            Style::Statements => {
                let start = self.out.len();
                self.statements(inside, depth + 1);
                // No empty line after the brace.
                if self.out.get(start..).is_some_and(|added| added.starts_with("\n\n")) {
                    self.out.remove(start);
                }
                self.line(depth);
            }
            Style::Apart => self.elements(inside, depth),
            Style::Fitting if commented || !self.fits(open, inside, after) => self.elements(inside, depth),
            Style::Fitting => {
                let padded = open.text == "{";
                self.out.push_str(if padded { " " } else { "" });
                self.sequence(inside, depth, Style::Fitting);
                self.out.push_str(if padded { " " } else { "" });
            }
        }
        self.out.push_str(close.text);
    }

    fn fits(&self, open: &Token<'_>, inside: &[Node<'_>], after: usize) -> bool {
        let padding = if open.text == "{" { 3 } else { 1 };
        self.column() + flat_width(inside) + padding + after <= WIDTH
    }

    /// The elements of a list, each on a line.
    fn elements(&mut self, inside: &[Node<'_>], depth: usize) {
        let mut rest = inside;
        while let Some(first) = rest.first() {
            if first.is_comment() && first.first().breaks == 0 && rest.len() < inside.len() {
                self.out.push(' ');
            } else {
                self.line(depth + 1);
            }
            let length = if first.is_comment() {
                1
            } else {
                comma(rest).map_or(last_of_element(rest), |comma| comma + 1)
            };
            let (element, behind) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            self.sequence(element, depth + 1, Style::Fitting);
            rest = behind;
        }
        self.line(depth);
    }
}

/// The places where a too wide sentence is broken.
#[derive(Clone, Copy)]
enum Breaks {
    Nowhere,
    /// Before these words: `then`, `else`, `in`, `textbook`, `derivative`, `kernel`.
    Words,
    /// After commas, if there are no such words.
    Commas,
    /// Before `+` and `-`, if there are neither.
    Terms,
}

impl Breaks {
    const WORDS: [&str; 6] = ["then", "else", "in", "textbook", "derivative", "kernel"];

    fn of(nodes: &[Node<'_>]) -> Self {
        if nodes.iter().any(|node| Self::WORDS.contains(&node.text())) {
            Breaks::Words
        } else if comma(nodes).is_some() {
            Breaks::Commas
        } else {
            Breaks::Terms
        }
    }

    fn stand_before(self, node: &Node<'_>, before: Option<&Node<'_>>) -> bool {
        match self {
            Breaks::Nowhere => false,
            Breaks::Words => Self::WORDS.contains(&node.text()),
            Breaks::Commas => before.is_some_and(|before| before.text() == ","),
            Breaks::Terms => matches!(node.text(), "+" | "-") && !is_sign_of(before),
        }
    }
}

/// The style of braces.
#[derive(Clone, Copy)]
enum Style {
    /// Sentences, each on a line.
    Statements,
    /// Elements, each on a line.
    Apart,
    /// Elements on one line if they fit.
    Fitting,
}

/// The place of the comma after the first element; commas between `let` and `in` do not count.
fn comma(nodes: &[Node<'_>]) -> Option<usize> {
    let mut names = 0_usize;
    nodes.iter().position(|node| {
        match node.text() {
            "let" => names += 1,
            "in" => names = names.saturating_sub(1),
            _ => {}
        }
        node.text() == "," && names == 0
    })
}

/// The last element has no comma; comments after it are not part of it.
fn last_of_element(nodes: &[Node<'_>]) -> usize {
    let comments = nodes.iter().rev().take_while(|node| node.is_comment()).count();
    (nodes.len() - comments).max(1)
}

/// The number of nodes of a sentence: up to its `;`, or up to its braces and a `;` after them. An attribute is one too.
fn statement_length(nodes: &[Node<'_>]) -> usize {
    if let [sign, Node::Brackets { .. }, ..] = nodes
        && sign.text() == "#"
    {
        return 2;
    }
    for (index, node) in nodes.iter().enumerate() {
        if node.text() == ";" {
            return index + 1;
        }
        if node.is_braces() {
            let follows = |word: &str| nodes.get(index + 1).is_some_and(|next| next.text() == word);
            if follows("within") && nodes.first().is_some_and(|first| first.text() == "expect") {
                continue;
            }
            let semicolon = follows(";");
            return index + 1 + usize::from(semicolon);
        }
    }
    nodes.len()
}

fn ends_line(node: &Node<'_>) -> bool {
    matches!(node, Node::Token(token) if token.kind == Kind::Line)
}

/// The width of nodes on one line in columns; capped once it is too large.
fn flat_width(nodes: &[Node<'_>]) -> usize {
    let mut width = 0;
    let mut before: Option<&Node<'_>> = None;
    let mut earlier: Option<&Node<'_>> = None;
    for node in nodes {
        if width > WIDTH {
            break;
        }
        width += usize::from(before.is_some_and(|before| space_between(earlier, before, node)));
        width += match node {
            Node::Token(token) => token.text.chars().count(),
            Node::Brackets { open, inside, .. } => {
                (if open.text == "{" { 4 } else { 2 }) + flat_width(inside)
            }
        };
        earlier = before;
        before = Some(node);
    }
    width
}

/// Whether there is a space between two neighbours; `earlier` is the token before both.
fn space_between(earlier: Option<&Node<'_>>, before: &Node<'_>, node: &Node<'_>) -> bool {
    let (left, right) = (before.text(), node.text());
    if before.is_comment() || node.is_comment() {
        return true;
    }
    if matches!(right, "," | ";" | ":" | "^" | "!") || matches!(left, "^" | "#") {
        return false;
    }
    // A path in an attribute.
    if left == ":" && earlier.is_none_or(|earlier| earlier.text() == ":") || left == "!" {
        return false;
    }
    if left == "-" && is_sign_of(earlier) {
        return false;
    }
    // No space in a call, a shape or a visibility; a space before a list, or before a formula in
    // parentheses after an operator or word.
    let Node::Brackets { open, .. } = node else { return true };
    let word = matches!(before, Node::Token(token) if token.kind == Kind::Word);
    open.text == "{" || !word || precedes_formula(left)
}

/// Whether a minus after this is a sign, not a subtraction.
fn is_sign_of(earlier: Option<&Node<'_>>) -> bool {
    match earlier {
        None => true,
        Some(Node::Brackets { .. }) => false,
        Some(Node::Token(token)) => token.kind == Kind::Sign || precedes_formula(token.text),
    }
}
