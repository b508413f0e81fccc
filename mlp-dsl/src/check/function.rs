//! Functions: of one formula (kept and called by name) and of arrays (read anew for each call).

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use super::{Scope, body::Reading, scope::closest};
use crate::{
    diagnostic::Diagnostics,
    ir::{
        builder::Builder,
        evaluate::evaluate_formula,
        formula::{Formula, FunctionId},
        partials::partials,
        scalar::{Function, Unary},
    },
    limits, problems,
    span::Span,
    syntax::{
        ast::{self, Expression, ExpressionKind, Name, Operator},
        parse_prelude,
    },
};

/// What a call calls.
#[derive(Clone, Copy, Debug)]
pub(super) enum Callee {
    Dense,
    Sum,
    Count,
    Primitive(Unary),
    /// A function of one formula and its number of parameters.
    Pointwise(FunctionId, usize),
    /// A function of arrays and its number of parameters.
    Array(usize, usize),
}

impl Callee {
    pub(super) fn parameters(self) -> usize {
        match self {
            Callee::Dense | Callee::Sum | Callee::Count | Callee::Primitive(_) => 1,
            Callee::Pointwise(_, parameters) | Callee::Array(_, parameters) => parameters,
        }
    }
}

/// A function of arrays, and how many functions were declared before it: those it may call.
pub(super) struct ArrayFunction {
    pub(super) parameters: Vec<Name>,
    pub(super) body: Expression,
    pub(super) kernel: Option<Name>,
    known: usize,
}

struct Declared {
    name: String,
    span: Option<Span>,
    callee: Callee,
    used: std::cell::Cell<bool>,
}

/// The functions declared so far.
#[derive(Default)]
pub(super) struct Functions {
    declared: Vec<Declared>,
    /// The declarations of each name, in order.
    by_name: HashMap<String, Vec<usize>>,
    pointwise: Vec<Function>,
    arrays: Vec<Rc<ArrayFunction>>,
    visible: Option<usize>,
    /// Functions of the specification whose declaration has a mistake.
    broken: HashSet<String>,
}

impl Functions {
    pub(super) fn declare_prelude(&mut self) {
        for (name, callee) in [("dense", Callee::Dense), ("sum", Callee::Sum), ("count", Callee::Count)] {
            self.add(name, None, callee);
        }
        for op in Unary::ALL {
            if let Some(name) = op.name() {
                self.add(name, None, Callee::Primitive(op));
            }
        }
        let prelude = parse_prelude(include_str!("../prelude.mlp"));
        let scope = Scope::default();
        for function in &prelude.functions {
            let mut none = Diagnostics::default();
            if self.is_array(&function.body) {
                self.add_array(function, None);
            } else if let Some(made) = self.formulas(function, &scope, &mut none, true) {
                self.add_pointwise(made, None);
            }
        }
    }

    /// Declares a function of the specification.
    pub(super) fn declare(&mut self, function: &ast::Function, scope: &Scope, found: &mut Diagnostics) {
        if self.declare_good(function, scope, found).is_none() {
            self.broken.insert(function.name.text.clone());
        }
    }

    /// Whether a function of this name was declared, but can't be used.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// `None` where the declaration has a mistake, which has been reported.
    fn declare_good(
        &mut self,
        function: &ast::Function,
        scope: &Scope,
        found: &mut Diagnostics,
    ) -> Option<()> {
        let name = &function.name;
        let earlier = self.latest(&name.text, self.declared.len());
        if let Some(span) = earlier.and_then(|earlier| earlier.span) {
            found.push(problems::declared_twice(name, span));
            return None;
        }
        if matches!(name.text.as_str(), "dense" | "sum" | "count") || name.text == "sgd" {
            found.push(problems::reserved_function(name));
            return None;
        }
        if let Some(kernel) = &function.kernel {
            found.push(problems::kernel_outside_prelude(kernel));
            return None;
        }
        for (index, parameter) in function.parameters.iter().enumerate() {
            let earlier = function.parameters.iter().take(index).find(|p| p.text == parameter.text);
            if let Some(earlier) = earlier {
                found.push(problems::declared_twice(parameter, earlier.span));
                return None;
            }
        }
        if function.parameters.is_empty() {
            found.push(problems::function_without_parameters(name));
            return None;
        }
        if self.is_array(&function.body) {
            if let Some(stated) = function.derivative.first() {
                found.push(problems::derivative_of_array_function(stated.span));
            }
            self.check_names(function, &function.body, scope, found);
            self.add_array(function, Some(name.span));
            return Some(());
        }
        let made = self.formulas(function, scope, found, false)?;
        if made.operations > limits::FUNCTION_OPERATIONS {
            found.push(problems::function_too_large(name));
            return None; // what calls it can't be used either: one report is enough
        }
        self.add_pointwise(made, Some(name.span));
        Some(())
    }

    fn add(&mut self, name: &str, span: Option<Span>, callee: Callee) {
        self.by_name.entry(name.to_owned()).or_default().push(self.declared.len());
        self.declared.push(Declared { name: name.to_owned(), span, callee, used: false.into() });
    }

    fn add_array(&mut self, function: &ast::Function, span: Option<Span>) {
        let callee = Callee::Array(self.arrays.len(), function.parameters.len());
        // The tree is read again for each call, so it is kept; the prelude's own tree is dropped.
        self.arrays.push(Rc::new(ArrayFunction {
            parameters: function.parameters.clone(),
            body: function.body.clone(),
            kernel: function.kernel.clone(),
            known: self.declared.len(),
        }));
        self.add(&function.name.text, span, callee);
    }

    fn add_pointwise(&mut self, function: Function, span: Option<Span>) {
        let callee = Callee::Pointwise(FunctionId(self.pointwise.len() as u32), function.parameters.len());
        let name = function.name.clone();
        self.pointwise.push(function);
        self.add(&name, span, callee);
    }

    /// What this name calls: the latest declaration wins, so a specification may have its own.
    pub(super) fn find(&self, name: &str) -> Option<Callee> {
        let visible = self.visible.unwrap_or(self.declared.len());
        let found = self.latest(name, visible)?;
        found.used.set(true);
        Some(found.callee)
    }

    /// The latest of the first `visible` declarations with this name.
    fn latest(&self, name: &str, visible: usize) -> Option<&Declared> {
        let index = self.by_name.get(name)?.iter().rev().find(|index| **index < visible)?;
        self.declared.get(*index)
    }

    pub(super) fn array(&self, index: usize) -> Option<Rc<ArrayFunction>> {
        self.arrays.get(index).cloned()
    }

    /// From here on only what a function of arrays may call is visible.
    pub(super) fn visible_to(&mut self, array: usize) -> Option<usize> {
        let known = self.arrays.get(array).map(|array| array.known);
        std::mem::replace(&mut self.visible, known)
    }

    pub(super) fn visible_again(&mut self, before: Option<usize>) {
        self.visible = before;
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.declared.iter().map(|d| d.name.as_str()).filter(|name| *name != "sgd").collect()
    }

    /// The training rules: prelude functions of a parameter, its gradient and settings.
    pub(super) fn rules(&self) -> Vec<&'static str> {
        vec!["sgd"]
    }

    /// The function behind a training rule and the names of its settings.
    pub(super) fn rule(&self, name: &str) -> Option<(FunctionId, Vec<String>)> {
        let known = self.rules().contains(&name);
        let Callee::Pointwise(id, _) = self.find(name).filter(|_| known)? else { return None };
        let function = self.pointwise.get(id.0 as usize)?;
        Some((id, function.parameters.iter().skip(2).cloned().collect()))
    }

    pub(super) fn name_of(&self, id: FunctionId) -> Option<&str> {
        self.pointwise.get(id.0 as usize).map(|function| function.name.as_str())
    }

    pub(super) fn report_unused(&self, found: &mut Diagnostics) {
        for declared in self.declared.iter().filter(|d| !d.used.get()) {
            if let Some(span) = declared.span {
                found.push(problems::unused(&declared.name, "function", span));
            }
        }
    }

    pub(super) fn into_declared(self) -> Vec<Function> {
        self.pointwise
    }

    /// Whether a body is about arrays: it sums, counts, multiplies matrices, or calls what does.
    fn is_array(&self, body: &Expression) -> bool {
        match &body.kind {
            ExpressionKind::Number(_) | ExpressionKind::Name(_) | ExpressionKind::Mistake => false,
            ExpressionKind::Negative(inner) => self.is_array(inner),
            ExpressionKind::Power(a, b) => self.is_array(a) || self.is_array(b),
            ExpressionKind::Chain(first, rest) => {
                let product = |(operator, operand): &(Operator, Expression)| {
                    *operator == Operator::Product || self.is_array(operand)
                };
                self.is_array(first) || rest.iter().any(product)
            }
            ExpressionKind::If(condition, then, otherwise) => {
                let (left, _, right) = &**condition;
                [left, right, then, otherwise].into_iter().any(|e| self.is_array(e))
            }
            ExpressionKind::Call(call) => {
                let array = matches!(
                    self.find(&call.name.text),
                    Some(Callee::Array(..) | Callee::Sum | Callee::Count | Callee::Dense)
                );
                array || call.arguments.iter().any(|(_, argument)| self.is_array(argument))
            }
        }
    }

    /// Reports names in a function of arrays that are neither parameters nor constants.
    fn check_names(
        &self,
        function: &ast::Function,
        body: &Expression,
        scope: &Scope,
        found: &mut Diagnostics,
    ) {
        match &body.kind {
            ExpressionKind::Number(_) | ExpressionKind::Mistake => {}
            ExpressionKind::Name(name) => {
                if !function.parameters.iter().any(|p| p.text == name.text) {
                    scope.resolve(name, found);
                }
            }
            ExpressionKind::Negative(inner) => self.check_names(function, inner, scope, found),
            ExpressionKind::Power(a, b) => {
                self.check_names(function, a, scope, found);
                self.check_names(function, b, scope, found);
            }
            ExpressionKind::Chain(first, rest) => {
                self.check_names(function, first, scope, found);
                rest.iter().for_each(|(_, operand)| self.check_names(function, operand, scope, found));
            }
            ExpressionKind::If(condition, then, otherwise) => {
                let (left, _, right) = &**condition;
                for part in [left, right, then, otherwise] {
                    self.check_names(function, part, scope, found);
                }
            }
            ExpressionKind::Call(call) => {
                if self.find(&call.name.text).is_none() && !self.is_broken(&call.name.text) {
                    let close = closest(&call.name.text, self.names().into_iter());
                    found.push(problems::unknown_function(&call.name, close));
                }
                call.arguments.iter().for_each(|(_, a)| self.check_names(function, a, scope, found));
            }
        }
    }

    /// The formulas of a function of one formula: body, stated derivative, partial derivatives.
    fn formulas(
        &self,
        function: &ast::Function,
        scope: &Scope,
        found: &mut Diagnostics,
        prelude: bool,
    ) -> Option<Function> {
        let mut names: Vec<&str> = function.parameters.iter().map(|p| p.text.as_str()).collect();
        let count = names.len() as u32;
        let mut reading =
            Reading { own: &function.name.text, functions: self, scope, found, names: names.clone() };
        let body = reading.formula(&function.body);
        names.push("y");
        if !function.derivative.is_empty() && count != 1 {
            reading.found.push(problems::derivative_of_many(&function.name));
            return None;
        }
        reading.names = names;
        let stated: Vec<Option<Formula>> =
            function.derivative.iter().map(|form| reading.formula(form)).collect();
        let body = body?;
        let stated: Vec<Formula> = stated.into_iter().collect::<Option<_>>()?;
        let mut b = Builder::new();
        let value = b.leaf(count);
        let leaves: Vec<u32> = (0..count).collect();
        let derived = partials(&mut b, &body, Some(value), &leaves, &self.pointwise);
        let derived: Vec<Formula> = derived.into_iter().map(|root| b.finish(root)).collect();
        if let Some(wrong) = self.wrong_form(&body, &derived, &stated) {
            let span = function.derivative.get(wrong).map_or(function.name.span, |form| form.span);
            found.push(problems::wrong_derivative(&function.name, span));
            return None;
        }
        let partials = stated.last().map_or(derived, |last| vec![last.clone()]);
        let cost = |formula: &Formula| self.operations(formula);
        let operations = cost(&body).max(partials.iter().map(cost).max().unwrap_or(0));
        Some(Function {
            name: function.name.text.clone(),
            docs: function.docs.clone(),
            parameters: function.parameters.iter().map(|p| p.text.clone()).collect(),
            body,
            stated,
            partials,
            operations,
            prelude,
        })
    }

    /// The first stated form of a derivative that is not the derivative, at one of a few points.
    fn wrong_form(&self, body: &Formula, derived: &[Formula], stated: &[Formula]) -> Option<usize> {
        const POINTS: [f64; 6] = [-2.3, -1.1, -0.4, 0.3, 0.9, 2.1];
        // A constant such as a shortened e may make the stated form right to ten digits only.
        const TOLERANCE: f64 = 1e-6;
        let derived = derived.first()?;
        let differs = |form: &Formula| {
            POINTS.iter().any(|x| {
                let y = evaluate_formula(body, &|_| *x, &self.pointwise);
                let at = |formula| {
                    evaluate_formula(formula, &|leaf| if leaf == 0 { *x } else { y }, &self.pointwise)
                };
                let (expected, found): (f64, f64) = (at(derived), at(form));
                let equal = (expected - found).abs() <= TOLERANCE * expected.abs().max(1.0);
                expected.is_finite() && !equal
            })
        };
        stated.iter().position(differs)
    }

    fn operations(&self, formula: &Formula) -> u64 {
        formula.operations(&self.pointwise)
    }
}
