//! Counts how deep the parser recurses at a place of the text: in brackets, and in forms that nest without
//! brackets.

/// An open construct.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    /// A bracket, and the number of powers before it.
    Bracket(usize),
    If,
    /// `let`, up to its `in`.
    Let,
    /// The body after the `in`.
    Body,
}

/// The open constructs at a place, updated token by token.
#[derive(Default)]
pub(super) struct Nesting {
    open: Vec<Open>,
    /// The depth of `a^b^c`, here and before each open bracket.
    powers: usize,
    outer: usize,
    /// Whether the place follows `^`: there a minus is the sign of an exponent, not an operator.
    exponent: bool,
}

impl Nesting {
    /// The nesting depth.
    pub(super) fn depth(&self) -> usize {
        self.open.len() + self.outer + self.powers
    }

    /// An opening bracket.
    pub(super) fn open(&mut self) {
        self.open.push(Open::Bracket(self.powers));
        self.outer += self.powers;
        self.powers = 0;
        self.exponent = false;
    }

    /// The innermost bracket is closed.
    pub(super) fn close(&mut self) {
        self.end_formulas(&[]);
        if let Some(Open::Bracket(powers)) = self.open.pop() {
            self.powers = powers;
            self.outer -= powers;
        }
        self.exponent = false;
    }

    /// A token that is no bracket and no comment.
    pub(super) fn token(&mut self, token: &str) {
        match token {
            ";" => self.end_formulas(&[]),
            "," => self.end_formulas(&[Open::Let]),
            "if" => self.open.push(Open::If),
            "let" => self.open.push(Open::Let),
            "in" => {
                self.end_formulas(&[Open::Let]);
                if let Some(innermost) = self.open.last_mut().filter(|innermost| **innermost == Open::Let) {
                    *innermost = Open::Body;
                }
            }
            "^" => self.powers += 1,
            "-" if self.exponent => {}
            "+" | "-" | "*" | "/" | "@" | "=" | "<" | ">" | "<=" | ">=" | "==" | "!=" | "->" => {
                self.powers = 0
            }
            _ => {}
        }
        if matches!(token, ";" | "," | "if" | "let" | "in" | "then" | "else") {
            self.powers = 0;
        }
        self.exponent = token == "^" || self.exponent && token == "-";
    }

    /// Closes the constructs inside the innermost bracket, up to one of these.
    fn end_formulas(&mut self, kept: &[Open]) {
        let ends = |last: &mut Open| !matches!(last, Open::Bracket(_)) && !kept.contains(last);
        while self.open.pop_if(ends).is_some() {}
    }
}
