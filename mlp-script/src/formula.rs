//! A scalar formula as text, and the parts of it that get a name of their own.

use mlp_dsl::{
    formula::{
        ConstantId, Formula, FunctionId, Term, TermId,
        scalar::{Binary, Unary},
    },
    never::OrNever,
    number::Arithmetic,
};

use crate::{
    helpers::Helper,
    spelling::{Spelling, raised},
    text::{Level, Text},
};

/// Nesting of a formula in a program; what is deeper gets a name. Parsers have a limit.
const DEPTH: u32 = 40;
/// Terms that are written again where they are used again.
const SMALL: u32 = 3;
/// Characters of a formula in a comment.
const LONG: usize = 400;

/// The words of a formula.
pub(crate) trait Words {
    /// An equation, or a parameter of a function.
    fn leaf(&self, leaf: u32) -> String;
    /// A constant.
    fn constant(&self, id: ConstantId) -> String;
    /// A function of the specification or the prelude.
    fn function(&self, id: FunctionId) -> String;
    /// A helper.
    fn helper(&self, helper: Helper) -> String;
    /// Whether divisions, and powers, are calls.
    fn guarded(&self, op: Binary) -> bool;
}

/// A formula in a language: its terms, and the statements before it.
pub(crate) struct Written {
    /// Each term as it is written where it is used.
    pub(crate) terms: Vec<Text>,
    /// Names of parts and the parts, in order.
    pub(crate) parts: Vec<(String, String)>,
}

impl Written {
    /// A term.
    pub(crate) fn at(&self, id: TermId) -> Text {
        self.terms.get(id.0 as usize).cloned().or_never("a term comes before its use", Text::atom(""))
    }

    /// The value.
    pub(crate) fn value(&self) -> Text {
        self.terms.last().cloned().or_never("a formula has a term", Text::atom(""))
    }
}

/// Writes a formula in a language; `name` gives names to parts.
pub(crate) fn write(
    formula: &Formula,
    spelling: Spelling,
    words: &dyn Words,
    name: &mut dyn FnMut() -> String,
) -> Written {
    let named = named_parts(formula);
    let mut written = Written { terms: Vec::with_capacity(formula.terms().len()), parts: Vec::new() };
    for (index, term) in formula.terms().iter().enumerate() {
        let mut text = of_term(formula, term, &written, spelling, words);
        if named.get(index) == Some(&true) {
            let name = name();
            written.parts.push((name.clone(), text.text));
            text = Text::atom(name);
        }
        written.terms.push(text);
    }
    written
}

/// Whether some part needs a name.
pub(crate) fn has_parts(formula: &Formula) -> bool {
    named_parts(formula).contains(&true)
}

/// A formula for a comment; `None` where it is long.
pub(crate) fn in_mathematics(formula: &Formula, words: &dyn Words) -> Option<Text> {
    let mut written = Written { terms: Vec::new(), parts: Vec::new() };
    for term in formula.terms() {
        let text = of_term(formula, term, &written, Spelling::Mathematics, words);
        if text.text.len() > LONG {
            return None;
        }
        written.terms.push(text);
    }
    written.terms.pop()
}

/// For each term whether it gets a name: where it is used again and is not small, and where it is deep.
fn named_parts(formula: &Formula) -> Vec<bool> {
    let uses = formula.uses(Arithmetic::Separate);
    let last = formula.terms().len().saturating_sub(1);
    let (mut sizes, mut depths): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut named = Vec::with_capacity(formula.terms().len());
    for (index, term) in formula.terms().iter().enumerate() {
        let operands = term.operands();
        let of = |table: &[u32], id: &TermId| table.get(id.0 as usize).copied().unwrap_or(1);
        let size = operands.iter().fold(1_u32, |sum, id| sum.saturating_add(of(&sizes, id)));
        let depth = 1 + operands.iter().map(|id| of(&depths, id)).max().unwrap_or(0);
        let calls = match term {
            Term::Number(_) | Term::Constant(..) | Term::Leaf(_) | Term::Unary(Unary::Negate, _) => false,
            Term::Binary(op, ..) => *op == Binary::Power,
            Term::Unary(..) | Term::Select(_) | Term::Apply(..) => true,
        };
        let again = uses.get(index).is_some_and(|uses| *uses > 1) && (calls || size > SMALL);
        let own = index != last && (again || depth > DEPTH);
        named.push(own);
        sizes.push(if own { 1 } else { size });
        depths.push(if own { 1 } else { depth });
    }
    named
}

fn of_term(formula: &Formula, term: &Term, done: &Written, spelling: Spelling, words: &dyn Words) -> Text {
    let at = |id: &TermId| done.at(*id);
    let call = |name: String, arguments: &[TermId]| {
        let arguments: Vec<String> = arguments.iter().map(|id| at(id).text).collect();
        Text::atom(format!("{name}({})", arguments.join(",\n")))
    };
    match term {
        Term::Number(x) => spelling.number(*x, false),
        Term::Constant(id, _) => Text::atom(words.constant(*id)),
        Term::Leaf(leaf) => {
            let text = words.leaf(*leaf);
            // A derivative has brackets in a power.
            let several = spelling == Spelling::Mathematics && text.contains(['/', ' ']);
            Text { text, level: if several { Level::Power } else { Level::Atom } }
        }
        Term::Unary(Unary::Negate, x) => spelling.negative(&at(x)),
        Term::Unary(op, x) => {
            let name = Spelling::primitive(*op).map(|helper| words.helper(helper)).unwrap_or_default();
            call(name, &[*x])
        }
        Term::Binary(Binary::Power, a, b) => match formula.whole_exponent(*b) {
            Some(count) => whole_power(&at(a), count, spelling, words),
            None if words.guarded(Binary::Power) => call(words.helper(Helper::PowerOf), &[*a, *b]),
            None => spelling.power(&at(a), &at(b)),
        },
        Term::Binary(Binary::Divide, a, b) if words.guarded(Binary::Divide) => {
            call(words.helper(Helper::Divide), &[*a, *b])
        }
        Term::Binary(op, a, b) => {
            let operand = |id: &TermId, other: &TermId| operand(formula, id, other, done, spelling);
            spelling.binary(*op, &operand(a, b), &operand(b, a))
        }
        Term::Select(s) => {
            let side = |id: &TermId, other: &TermId| operand(formula, id, other, done, spelling);
            let condition =
                spelling.condition(s.comparison, &side(&s.left, &s.right), &side(&s.right, &s.left));
            spelling.choice(&condition, &at(&s.then), &at(&s.otherwise))
        }
        Term::Apply(id, arguments) => call(words.function(*id), arguments),
    }
}

/// An operand: a whole number beside another operand is written without decimals.
fn operand(formula: &Formula, id: &TermId, other: &TermId, done: &Written, spelling: Spelling) -> Text {
    let number = |id: &TermId| if let Some(Term::Number(x)) = formula.term(*id) { Some(*x) } else { None };
    match number(id) {
        Some(x) if number(other).is_none() => spelling.number(x, true),
        Some(_) | None => done.at(*id),
    }
}

/// A whole power is repeated multiplication, as in the network.
fn whole_power(base: &Text, count: u32, spelling: Spelling, words: &dyn Words) -> Text {
    match (spelling, count) {
        (_, 1) => base.clone(),
        (Spelling::Mathematics, _) => {
            Text::of(Level::Power, format!("{}{}", base.within(Level::Atom), raised(&count.to_string())))
        }
        (Spelling::Python | Spelling::JavaScript, 2) => {
            Text::atom(format!("{}({})", words.helper(Helper::Square), base.text))
        }
        (Spelling::Python | Spelling::JavaScript, _) => {
            Text::atom(format!("{}({},\n{count})", words.helper(Helper::Power), base.text))
        }
    }
}
