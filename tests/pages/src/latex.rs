//! Mathematics in LaTeX, as a tree.

/// A tree of mathematics.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Digits as they are printed, and a power of ten.
    Number(String, i32),
    /// A name with its subscripts and marks, as it is written.
    Name(String),
    /// ∂a/∂b, of names.
    Derivative(Box<Node>, Box<Node>),
    /// −a
    Negative(Box<Node>),
    /// a + b, a − b, a · b, a ⊙ b, a b.
    Binary(Sign, Box<Node>, Box<Node>),
    /// a / b
    Fraction(Box<Node>, Box<Node>),
    /// a ^ b
    Power(Box<Node>, Box<Node>),
    /// A square root.
    Root(Box<Node>),
    /// Rows as columns.
    Transposed(Box<Node>),
    /// A function and its arguments.
    Call(Box<Node>, Vec<Node>),
    /// The value where the condition holds, the condition, the value elsewhere.
    Cases(Box<Node>, Box<Condition>, Box<Node>),
    /// Rows of cells.
    Matrix(Vec<Vec<Node>>),
    /// Numbers or rows side by side.
    List(Vec<Node>),
    /// An element, or neighbouring ones, as written below the brackets.
    Element(Box<Node>, String),
    /// Σ: what is below it, and its terms.
    Sum(String, Box<Node>),
    /// The next whole number below, or above.
    Whole(bool, Box<Node>),
    /// Something left out: dots, words.
    LeftOut,
    /// A symbol with its rows and columns below it.
    Sized(Box<Node>, usize, usize),
}

/// A sign between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// +
    Plus,
    /// −
    Minus,
    /// ·
    Dot,
    /// ⊙
    Elementwise,
    /// A product of matrices, without a sign.
    Product,
    /// ×, of sizes.
    Times,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The left side.
    pub left: Node,
    /// `<`, `<=`, `>`, `>=`, `=` or `!=`.
    pub sign: &'static str,
    /// The right side.
    pub right: Node,
}

/// The sign before a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// =
    Equal,
    /// ≈
    Near,
    /// <, ≤ and others, as in a condition.
    Other(&'static str),
}

/// A token: a command with its backslash, a number, a letter, or a sign.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut token = c.to_string();
        if c == '\\' {
            while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
                token.push(letter);
            }
            if token.len() == 1 {
                token.extend(rest.next());
            }
            if ["\\text", "\\mathrm", "\\mathbf"].contains(&token.as_str()) {
                // Words keep their spaces.
                let mut depth = 0;
                for c in rest.by_ref() {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    token.push(c);
                    if depth == 0 {
                        break;
                    }
                }
            }
        } else if c.is_ascii_digit() {
            while let Some(digit) = rest.next_if(|c| c.is_ascii_digit() || *c == '.') {
                token.push(digit);
            }
        }
        if token != "\\left" && token != "\\right" {
            tokens.push(token);
        }
    }
    tokens
}

/// The sides of a chain, each with the sign before it, or what is not understood.
pub fn chain(text: &str) -> Result<Vec<(Relation, Node)>, String> {
    let mut parser = Parser { tokens: tokens(text), at: 0 };
    let mut sides = Vec::new();
    let mut relation = Relation::Equal;
    loop {
        // A sign without a left side: `< 10^{-8}`.
        if !(sides.is_empty() && parser.relation().is_some()) {
            sides.push((relation, parser.list(&[])?));
        }
        let Some(next) = parser.relation() else { break };
        relation = next;
        parser.at += 1;
        if sides.is_empty() {
            sides.push((relation, parser.list(&[])?));
            if parser.relation().is_none() {
                break;
            }
        }
    }
    match parser.peek() {
        None => Ok(sides),
        Some(token) => Err(format!("`{token}` is not understood in {text}")),
    }
}

struct Parser {
    tokens: Vec<String>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.at).map(String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn accept(&mut self, token: &str) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.accept(token) {
            Ok(())
        } else {
            Err(format!("`{token}` is missing before {:?}", self.peek()))
        }
    }

    fn relation(&self) -> Option<Relation> {
        match self.peek()? {
            "=" => Some(Relation::Equal),
            "\\approx" => Some(Relation::Near),
            "\\lt" => Some(Relation::Other("<")),
            "\\le" => Some(Relation::Other("<=")),
            "\\gt" => Some(Relation::Other(">")),
            "\\ge" => Some(Relation::Other(">=")),
            "\\ne" => Some(Relation::Other("!=")),
            _ => None,
        }
    }

    /// Terms with commas; one alone is itself.
    fn list(&mut self, ends: &[&str]) -> Result<Node, String> {
        let mut items = vec![self.sum(ends)?];
        while self.accept(",") {
            items.push(self.sum(ends)?);
        }
        if items.len() == 1 { items.pop().ok_or_else(String::new) } else { Ok(Node::List(items)) }
    }

    fn sum(&mut self, ends: &[&str]) -> Result<Node, String> {
        let mut sum = self.term(ends)?;
        loop {
            let sign = match self.peek() {
                Some("+") => Sign::Plus,
                Some("-") => Sign::Minus,
                _ => return Ok(sum),
            };
            self.at += 1;
            sum = Node::Binary(sign, Box::new(sum), Box::new(self.term(ends)?));
        }
    }

    fn term(&mut self, ends: &[&str]) -> Result<Node, String> {
        if self.accept("-") {
            return Ok(Node::Negative(Box::new(self.term(ends)?)));
        }
        let mut product = self.factor()?;
        loop {
            let sign = match self.peek() {
                Some("\\cdot") => Sign::Dot,
                Some("\\odot") => Sign::Elementwise,
                Some("\\," | "\\;") => Sign::Product,
                Some("\\times") => Sign::Times,
                Some("\\dots") if !ends.contains(&"\\dots") => {
                    self.at += 1;
                    continue;
                }
                _ => return Ok(product),
            };
            self.at += 1;
            let factor = self.factor()?;
            product = match (&product, power_of_ten(&factor)) {
                // A number in scientific notation.
                (Node::Number(digits, 0), Some(exponent)) => Node::Number(digits.clone(), exponent),
                _ => Node::Binary(sign, Box::new(product), Box::new(factor)),
            };
        }
    }

    /// An atom with what is below and above it.
    fn factor(&mut self) -> Result<Node, String> {
        let mut node = self.atom()?;
        loop {
            match self.peek() {
                Some("'") => {
                    self.at += 1;
                    let Node::Name(name) = node else { return Err("a prime after no name".to_owned()) };
                    node = Node::Name(format!("{name}'"));
                }
                Some("_") => {
                    self.at += 1;
                    let below = self.raw()?;
                    node = match node {
                        Node::Name(name) => Node::Name(format!("{name}_{{{below}}}")),
                        other => Node::Element(Box::new(other), below),
                    };
                }
                Some("^") => {
                    self.at += 1;
                    node = self.above(node)?;
                }
                Some("(") if is_function(&node) => {
                    self.at += 1;
                    let inside = self.list(&[])?;
                    let arguments = if let Node::List(items) = inside { items } else { vec![inside] };
                    self.expect(")")?;
                    node = Node::Call(Box::new(node), arguments);
                }
                _ => return Ok(node),
            }
        }
    }

    fn above(&mut self, node: Node) -> Result<Node, String> {
        let start = self.at;
        let raw = self.raw()?;
        if raw == "\\top" {
            return Ok(match node {
                Node::Matrix(rows) => Node::Matrix(turned(&rows)),
                other => Node::Transposed(Box::new(other)),
            });
        }
        // The value after the step, or of a sample.
        let number = raw.strip_prefix('(').and_then(|raw| raw.strip_suffix(')'));
        let is_sample = number.is_some_and(|number| number == "i" || number.parse::<usize>().is_ok());
        let is_mark = raw == "+" || is_sample;
        if let (Node::Name(name), true) = (&node, is_mark) {
            return Ok(Node::Name(format!("{name}^{{{raw}}}")));
        }
        self.at = start;
        self.expect("{")?;
        let exponent = self.sum(&[])?;
        self.expect("}")?;
        Ok(Node::Power(Box::new(node), Box::new(exponent)))
    }

    /// What is in braces, as it is written.
    fn raw(&mut self) -> Result<String, String> {
        self.expect("{")?;
        let (mut text, mut depth) = (String::new(), 1);
        loop {
            let token = self.next().ok_or("a brace is not closed")?;
            depth += i32::from(token == "{") - i32::from(token == "}");
            if depth == 0 {
                return Ok(text);
            }
            text.push_str(&token);
        }
    }

    fn braced(&mut self) -> Result<Node, String> {
        self.expect("{")?;
        let node = self.list(&[])?;
        self.expect("}")?;
        Ok(node)
    }

    fn fenced(&mut self, close: &str) -> Result<Node, String> {
        let node = self.list(&["\\dots"])?;
        self.expect(close)?;
        Ok(node)
    }

    fn atom(&mut self) -> Result<Node, String> {
        let token = self.next().ok_or("the end comes too early")?;
        match token.as_str() {
            "(" => self.fenced(")"),
            "[" => {
                let inside = self.fenced("]")?;
                // In brackets of this kind only elements are chosen.
                self.expect("_")?;
                let below = self.raw()?;
                Ok(Node::Element(Box::new(inside), below))
            }
            "\\lfloor" => Ok(Node::Whole(false, Box::new(self.fenced("\\rfloor")?))),
            "\\lceil" => Ok(Node::Whole(true, Box::new(self.fenced("\\rceil")?))),
            "{" => {
                let inside = self.list(&[])?;
                self.expect("}")?;
                Ok(inside)
            }
            "\\frac" | "\\tfrac" => self.fraction(),
            "\\sqrt" => Ok(Node::Root(Box::new(self.braced()?))),
            "\\sum" => {
                self.expect("_")?;
                let below = self.raw()?;
                Ok(Node::Sum(below, Box::new(self.term(&[])?)))
            }
            "\\dots" => {
                if self.peek().is_some_and(|next| next.starts_with("\\text{ ")) {
                    self.at += 1;
                }
                Ok(Node::LeftOut)
            }
            "\\begin" => self.environment(),
            "\\underset" => self.sized(),
            "\\bar" | "\\hat" => Ok(Node::Name(format!("{token}{{{}}}", self.raw()?))),
            "\\lVert" => {
                let mut name = token;
                while let Some(token) = self.next() {
                    name.push_str(&token);
                    if token == "\\rVert" {
                        break;
                    }
                }
                Ok(Node::Name(name))
            }
            "\\ln" | "\\exp" | "\\tanh" if !matches!(self.peek(), Some("(" | "'")) => {
                let argument = self.factor()?;
                Ok(Node::Call(Box::new(Node::Name(token)), vec![argument]))
            }
            _ if token.starts_with("\\text{ ") || token == "\\text{undefined}" => Ok(Node::LeftOut),
            _ if token.starts_with(|c: char| c.is_ascii_digit()) => Ok(Node::Number(token, 0)),
            _ if token.starts_with('\\') && token.len() > 2 => Ok(Node::Name(token)),
            _ if token.chars().all(char::is_alphabetic) => Ok(Node::Name(token)),
            _ => Err(format!("`{token}` is not understood")),
        }
    }

    /// `\underset{2 \times 3}{W}`
    fn sized(&mut self) -> Result<Node, String> {
        let below = self.raw()?;
        let size = below
            .split_once("\\times")
            .and_then(|(rows, columns)| Some((rows.trim().parse().ok()?, columns.trim().parse().ok()?)));
        let (rows, columns) = size.ok_or_else(|| format!("{below} is no size"))?;
        self.expect("{")?;
        let node = self.list(&[])?;
        if self.accept("\\vphantom") {
            self.raw()?;
        }
        self.expect("}")?;
        Ok(Node::Sized(Box::new(node), rows, columns))
    }

    fn fraction(&mut self) -> Result<Node, String> {
        self.expect("{")?;
        if !self.accept("\\partial") {
            let above = self.list(&[])?;
            self.expect("}")?;
            return Ok(Node::Fraction(Box::new(above), Box::new(self.braced()?)));
        }
        let of = self.factor()?;
        self.expect("}")?;
        self.expect("{")?;
        self.expect("\\partial")?;
        let by = self.factor()?;
        self.expect("}")?;
        Ok(Node::Derivative(Box::new(of), Box::new(by)))
    }

    fn environment(&mut self) -> Result<Node, String> {
        match self.raw()?.as_str() {
            "cases" => {
                let then = self.sum(&[])?;
                self.expect("&")?;
                self.next();
                let left = self.sum(&[])?;
                let sign = match self.next().as_deref() {
                    Some("\\lt") => "<",
                    Some("\\le") => "<=",
                    Some("\\gt") => ">",
                    Some("\\ge") => ">=",
                    Some("=") => "=",
                    Some("\\ne") => "!=",
                    other => return Err(format!("{other:?} is no comparison")),
                };
                let right = self.sum(&[])?;
                self.expect("\\\\")?;
                let otherwise = self.sum(&[])?;
                self.expect("&")?;
                self.next();
                self.end("cases")?;
                let condition = Box::new(Condition { left, sign, right });
                Ok(Node::Cases(Box::new(then), condition, Box::new(otherwise)))
            }
            "pmatrix" => {
                let mut rows = vec![Vec::new()];
                loop {
                    let cell = self.sum(&[])?;
                    rows.last_mut().ok_or("a matrix has a row")?.push(cell);
                    if self.accept("\\\\") {
                        rows.push(Vec::new());
                    } else if !self.accept("&") {
                        break;
                    }
                }
                self.end("pmatrix")?;
                Ok(Node::Matrix(rows))
            }
            other => Err(format!("the environment {other} is not understood")),
        }
    }

    fn end(&mut self, name: &str) -> Result<(), String> {
        self.expect("\\end")?;
        if self.raw()? == name { Ok(()) } else { Err(format!("{name} does not end")) }
    }
}

/// Rows as columns.
pub(crate) fn turned(rows: &[Vec<Node>]) -> Vec<Vec<Node>> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..columns).map(|column| rows.iter().filter_map(|row| row.get(column).cloned()).collect()).collect()
}

fn is_function(node: &Node) -> bool {
    matches!(node, Node::Name(_) | Node::Derivative(..))
}

fn power_of_ten(node: &Node) -> Option<i32> {
    let Node::Power(base, exponent) = node else { return None };
    let whole = |node: &Node| match node {
        Node::Number(digits, 0) => digits.parse::<i32>().ok(),
        _ => None,
    };
    if whole(base) != Some(10) {
        return None;
    }
    match exponent.as_ref() {
        Node::Negative(inside) => whole(inside).map(|n| -n),
        other => whole(other),
    }
}

impl Node {
    /// The same without the sizes below symbols, which are added to a list with what they belong to.
    pub fn plain(self, sizes: &mut Vec<(Node, usize, usize)>) -> Node {
        let mut inside = |node: Box<Node>| Box::new(node.plain(sizes));
        match self {
            Node::Sized(node, rows, columns) => {
                let plain = node.plain(sizes);
                sizes.push((plain.clone(), rows, columns));
                plain
            }
            Node::Derivative(a, b) => Node::Derivative(inside(a), inside(b)),
            Node::Binary(sign, a, b) => Node::Binary(sign, inside(a), inside(b)),
            Node::Fraction(a, b) => Node::Fraction(inside(a), inside(b)),
            Node::Power(a, b) => Node::Power(inside(a), inside(b)),
            Node::Negative(a) => Node::Negative(inside(a)),
            Node::Root(a) => Node::Root(inside(a)),
            Node::Transposed(a) => Node::Transposed(inside(a)),
            Node::Element(a, below) => Node::Element(inside(a), below),
            Node::Sum(below, a) => Node::Sum(below, inside(a)),
            Node::Whole(up, a) => Node::Whole(up, inside(a)),
            Node::Call(f, arguments) => {
                let f = inside(f);
                Node::Call(f, arguments.into_iter().map(|argument| argument.plain(sizes)).collect())
            }
            Node::List(items) => Node::List(items.into_iter().map(|item| item.plain(sizes)).collect()),
            other
            @ (Node::Number(..) | Node::Name(_) | Node::LeftOut | Node::Cases(..) | Node::Matrix(_)) => other,
        }
    }

    /// The direct parts.
    pub fn parts(&self) -> Vec<&Node> {
        match self {
            Node::Number(..) | Node::Name(_) | Node::LeftOut => Vec::new(),
            Node::Derivative(a, b) | Node::Binary(_, a, b) | Node::Fraction(a, b) | Node::Power(a, b) => {
                vec![a, b]
            }
            Node::Negative(a)
            | Node::Root(a)
            | Node::Transposed(a)
            | Node::Element(a, _)
            | Node::Sum(_, a)
            | Node::Whole(_, a)
            | Node::Sized(a, ..) => vec![a],
            Node::Call(f, arguments) => std::iter::once(f.as_ref()).chain(arguments).collect(),
            Node::Cases(a, condition, b) => vec![a, &condition.left, &condition.right, b],
            Node::Matrix(rows) => rows.iter().flatten().collect(),
            Node::List(items) => items.iter().collect(),
        }
    }
}
