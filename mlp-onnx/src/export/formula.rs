//! A formula, element by element: a node for each operation.

use std::collections::HashMap;

use mlp_dsl::{
    formula::{
        Formula, FunctionId, Select, Term, TermId,
        operator::Comparison,
        scalar::{Binary, Unary},
    },
    ir::equation::EquationId,
    shape::Shape,
};

use super::{Export, functions};
use crate::Error;

/// The names of the terms of a formula.
type Names = HashMap<TermId, String>;

impl Export<'_> {
    pub(super) fn pointwise(
        &mut self,
        id: EquationId,
        formula: &Formula,
        wanted: &str,
    ) -> Result<String, Error> {
        let leaves: HashMap<u32, String> = formula
            .leaves()
            .into_iter()
            .map(|leaf| Ok((leaf, self.name(EquationId(leaf))?)))
            .collect::<Result<_, Error>>()?;
        let sizes = self.filled(id, formula);
        let value = self.formula(id, formula, &leaves, if sizes.is_some() { "" } else { wanted })?;
        Ok(match sizes {
            Some(sizes) => self.graph.node("Expand", &[&value, &sizes], wanted),
            // A formula that is one value has no node.
            None if formula.as_leaf().is_some() || formula.as_number().is_some() => {
                self.graph.node("Identity", &[&value], wanted)
            }
            None => value,
        })
    }

    /// The sizes of a value that no operand has: a formula of scalars that fills a vector.
    fn filled(&mut self, id: EquationId, formula: &Formula) -> Option<String> {
        let (shape, sample) = (self.shape(id), self.per_sample(id));
        let leaves = formula.leaves();
        let mut leaves = leaves.iter().map(|leaf| EquationId(*leaf));
        let full = leaves.clone().any(|leaf| self.shape(leaf) == shape);
        let batched = !sample || leaves.any(|leaf| self.per_sample(leaf));
        if full && batched {
            return None;
        }
        if sample {
            return Some(self.graph.sizes(Some(shape.count())));
        }
        Some(match shape {
            Shape::Scalar => return None,
            Shape::Vector(n) => self.graph.whole(&[n as i64]),
            Shape::Matrix(rows, columns) => self.graph.whole(&[rows as i64, columns as i64]),
        })
    }

    /// The nodes of a formula whose leaves have these names.
    fn formula(
        &mut self,
        id: EquationId,
        formula: &Formula,
        leaves: &HashMap<u32, String>,
        wanted: &str,
    ) -> Result<String, Error> {
        let mut names = Names::new();
        let last = formula.terms().len().saturating_sub(1);
        let mut value = String::new();
        for (index, term) in formula.terms().iter().enumerate() {
            let wanted = if index == last { wanted } else { "" };
            value = match term {
                Term::Number(number) | Term::Constant(_, number) => self.graph.number(*number),
                Term::Leaf(leaf) => leaves.get(leaf).cloned().unwrap_or_default(),
                Term::Unary(operation, x) => self.graph.node(unary(*operation), &[of(&names, *x)], wanted),
                Term::Binary(operation, a, b) => {
                    self.graph.node(binary(*operation), &[of(&names, *a), of(&names, *b)], wanted)
                }
                Term::Select(select) => self.select(select, &names, wanted),
                Term::Apply(function, arguments) => {
                    self.call(id, formula, *function, arguments, &names, wanted)?
                }
            };
            names.insert(TermId(index as u32), value.clone());
        }
        Ok(value)
    }

    fn select(&mut self, select: &Select, names: &Names, wanted: &str) -> String {
        let operands = [of(names, select.left), of(names, select.right)];
        let (operator, negated) = match select.comparison {
            Comparison::Less => ("Less", false),
            Comparison::LessOrEqual => ("LessOrEqual", false),
            Comparison::Greater => ("Greater", false),
            Comparison::GreaterOrEqual => ("GreaterOrEqual", false),
            Comparison::Equal => ("Equal", false),
            Comparison::NotEqual => ("Equal", true),
        };
        let mut condition = self.graph.node(operator, &operands, "");
        if negated {
            condition = self.graph.node("Not", &[&condition], "");
        }
        self.graph.node("Where", &[&condition, of(names, select.then), of(names, select.otherwise)], wanted)
    }

    /// A function of the language: an operator that is the same, or the nodes of its formula.
    fn call(
        &mut self,
        id: EquationId,
        formula: &Formula,
        function: FunctionId,
        arguments: &[TermId],
        names: &Names,
        wanted: &str,
    ) -> Result<String, Error> {
        let declared = self.derivation.header.functions.get(function.0 as usize);
        let declared = declared.ok_or_else(|| self.unwritten(id, "it calls an unknown function"))?;
        let constant = |at: usize| match formula.term(*arguments.get(at)?)? {
            Term::Number(number) | Term::Constant(_, number) => Some(*number),
            Term::Leaf(_) | Term::Unary(..) | Term::Binary(..) | Term::Select(_) | Term::Apply(..) => None,
        };
        if let Some(operator) = functions::operator(declared, self.graph.precision(), &constant) {
            let operands = arguments.iter().take(operator.operands).map(|argument| of(names, *argument));
            let operands: Vec<&str> = operands.collect();
            return Ok(self.graph.node_with(operator.name, &operands, wanted, operator.attributes));
        }
        let leaves = arguments.iter().enumerate();
        let leaves = leaves.map(|(at, argument)| (at as u32, of(names, *argument).to_owned())).collect();
        self.formula(id, &declared.body, &leaves, wanted)
    }
}

fn of(names: &Names, term: TermId) -> &str {
    names.get(&term).map_or("", String::as_str)
}

fn unary(operation: Unary) -> &'static str {
    match operation {
        Unary::Negate => "Neg",
        Unary::Exp => "Exp",
        Unary::Ln => "Log",
        Unary::Sqrt => "Sqrt",
        Unary::Tanh => "Tanh",
        Unary::Erf => "Erf",
        Unary::Floor => "Floor",
    }
}

fn binary(operation: Binary) -> &'static str {
    match operation {
        Binary::Add => "Add",
        Binary::Subtract => "Sub",
        Binary::Multiply => "Mul",
        Binary::Divide => "Div",
        Binary::Power => "Pow",
    }
}
