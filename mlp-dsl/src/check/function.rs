//! Declares functions: pointwise functions (kept and called by name) and functions of arrays (checked again
//! for each call).

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use super::{Scope, arguments::Parameter, body, constant, elsewhere};

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    formula::{
        FunctionId,
        operator::Operator,
        scalar::{Function, Unary},
    },
    limits,
    span::Span,
    spelling::closest,
    syntax::ast::{self, Expression, ExpressionKind, Name},
};

/// The callee of a call.
#[derive(Clone, Copy, Debug)]
pub(super) enum Callee {
    /// `x @ W + b` with new parameters; `linear` has no b.
    Dense {
        bias: bool,
    },
    Normal(Normal),
    /// Around the formula of a layer: units that are left out in training.
    Dropout,
    Sum,
    Count,
    Concat,
    Transpose,
    Primitive(Unary),
    /// A pointwise function.
    Pointwise(FunctionId),
    /// A function of arrays.
    Array(usize),
}

/// A normalization with parameters of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Normal {
    /// (x − mean) / deviation, frozen.
    Standardize,
    /// (x − mean) / √(variance + ε), frozen, then scale and shift.
    Batch,
    /// With mean and variance of the elements of a sample, then scale and shift.
    Layer,
}

impl Callee {
    /// The built-in functions of arrays.
    const BUILTIN: [(&str, Callee); 10] = [
        ("dense", Callee::Dense { bias: true }),
        ("linear", Callee::Dense { bias: false }),
        ("standardize", Callee::Normal(Normal::Standardize)),
        ("batch_norm", Callee::Normal(Normal::Batch)),
        ("layer_norm", Callee::Normal(Normal::Layer)),
        ("dropout", Callee::Dropout),
        ("sum", Callee::Sum),
        ("count", Callee::Count),
        ("concat", Callee::Concat),
        ("transpose", Callee::Transpose),
    ];

    /// The default of the number that keeps a normalization from dividing by 0, as in PyTorch.
    fn epsilon(self) -> Option<f64> {
        matches!(self, Callee::Normal(Normal::Batch | Normal::Layer)).then_some(1e-5)
    }

    /// Whether it only applies to vectors and matrices, or joins them.
    fn is_of_arrays(self) -> bool {
        !matches!(self, Callee::Primitive(_) | Callee::Pointwise(_))
    }
}

/// A function of arrays, and the number of functions declared before it, which it can call.
pub(super) struct ArrayFunction {
    pub(super) parameters: Rc<[Parameter]>,
    pub(super) body: Expression,
    pub(super) kernel: Option<Name>,
    known: usize,
}

struct Declared {
    name: String,
    span: Option<Span>,
    callee: Callee,
    parameters: Rc<[Parameter]>,
    used: std::cell::Cell<bool>,
}

/// The functions declared so far.
#[derive(Default)]
pub(super) struct Functions {
    declared: Vec<Declared>,
    /// The declarations of each name, in order.
    by_name: HashMap<String, Vec<usize>>,
    pointwise: Vec<Function>,
    /// The number of terms of all functions, including derivatives.
    terms: u64,
    arrays: Vec<Rc<ArrayFunction>>,
    visible: Option<usize>,
    /// Functions of the specification whose declaration has an error.
    broken: HashSet<String>,
}

impl Functions {
    pub(super) fn declare_prelude(&mut self, prelude: &ast::Ast) {
        for (name, callee) in Callee::BUILTIN {
            let rate = matches!(callee, Callee::Dropout).then(|| Parameter::needed("rate"));
            let epsilon = callee.epsilon().map(|default| Parameter::optional("epsilon", default));
            let more = rate.or(epsilon);
            self.add(name, None, callee, std::iter::once(Parameter::needed("x")).chain(more).collect());
        }
        for &op in Unary::ALL {
            if let Some(name) = op.name() {
                self.add(name, None, Callee::Primitive(op), Rc::from([Parameter::needed("x")]));
            }
        }
        let mut none = Diagnostics::default();
        for function in &prelude.functions {
            self.add_made(function, &Scope::default(), &mut none, None);
        }
    }

    /// Marks names as declared with an error: their declarations are already reported.
    pub(super) fn lose(&mut self, names: &[String]) {
        self.broken.extend(names.iter().cloned());
    }

    /// Declares a function of the specification.
    pub(super) fn declare(&mut self, function: &ast::Function, scope: &Scope, found: &mut Diagnostics) {
        if self.declare_good(function, scope, found).is_none() {
            self.broken.insert(function.name.text.clone());
        }
    }

    /// Whether a function of this name has an error in its declaration.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    /// `None` after a reported error in the declaration.
    fn declare_good(
        &mut self,
        function: &ast::Function,
        scope: &Scope,
        found: &mut Diagnostics,
    ) -> Option<()> {
        let name = &function.name;
        let earlier = self.latest(&name.text, self.declared.len());
        if let Some(span) = earlier.and_then(|earlier| earlier.span) {
            found.push(errors::declared_twice(name, span));
            return None;
        }
        if Callee::BUILTIN.iter().any(|(builtin, _)| *builtin == name.text) {
            found.push(errors::reserved_function(name));
            return None;
        }
        if let Some(kernel) = &function.kernel {
            found.push(errors::kernel_outside_prelude(kernel));
            return None;
        }
        if let Some(parameter) = function.parameters.get(limits::NAMES) {
            found.push(errors::too_many_names("parameters", "a function", parameter.name.span));
            return None;
        }
        for (index, parameter) in function.parameters.iter().enumerate() {
            let mut earlier = function.parameters.iter().take(index).map(|p| &p.name);
            if let Some(earlier) = earlier.find(|p| p.text == parameter.name.text) {
                found.push(errors::declared_twice(&parameter.name, earlier.span));
                return None;
            }
        }
        if function.parameters.is_empty() {
            found.push(errors::function_without_parameters(name));
            return None;
        }
        self.add_made(function, scope, found, Some(name.span))
    }

    /// Adds a function: with a `span` one of the specification, without it one of the prelude.
    fn add_made(
        &mut self,
        function: &ast::Function,
        scope: &Scope,
        found: &mut Diagnostics,
        span: Option<Span>,
    ) -> Option<()> {
        let parameters: Rc<[Parameter]> = parameters(&function.parameters, scope, found)?.into();
        let name = &function.name;
        if self.is_array(&function.body) {
            if let Some(stated) = function.derivative.first() {
                found.push(errors::derivative_of_array_function(stated.span));
            }
            if let Some(form) = &function.textbook {
                found.push(errors::textbook_of_array_function(form.span));
            }
            let mut known: Vec<&str> = function.parameters.iter().map(|p| p.name.text.as_str()).collect();
            if !self.check_names(&mut known, &function.body, scope, found) {
                return None;
            }
            let callee = Callee::Array(self.arrays.len());
            // The syntax tree is checked again for each call, so it is stored.
            self.arrays.push(Rc::new(ArrayFunction {
                parameters: parameters.clone(),
                body: function.body.clone(),
                kernel: function.kernel.clone(),
                known: self.declared.len(),
            }));
            self.add(&name.text, span, callee, parameters);
            return Some(());
        }
        // A caller of a function with an error can't be used either; only the first error is reported.
        let made = body::function(function, self, scope, found, span.is_none())?;
        let formulas = made.partials.iter().chain([&made.body]);
        self.terms += formulas.map(|formula| formula.terms().len() as u64).sum::<u64>();
        if self.terms > limits::OPERATIONS {
            found.push(errors::too_many_operations(name.span));
            return None;
        }
        let callee = Callee::Pointwise(FunctionId(self.pointwise.len() as u32));
        self.pointwise.push(made);
        self.add(&name.text, span, callee, parameters);
        Some(())
    }

    fn add(&mut self, name: &str, span: Option<Span>, callee: Callee, parameters: Rc<[Parameter]>) {
        self.by_name.entry(name.to_owned()).or_default().push(self.declared.len());
        self.declared.push(Declared { name: name.to_owned(), span, callee, parameters, used: false.into() });
    }

    /// The callee of a name: the latest declaration wins, so a specification can redefine functions of the
    /// prelude.
    pub(super) fn find(&self, name: &str) -> Option<(Callee, Rc<[Parameter]>)> {
        let visible = self.visible.unwrap_or(self.declared.len());
        let found = self.latest(name, visible)?;
        found.used.set(true);
        Some((found.callee, found.parameters.clone()))
    }

    /// The callee of a call; an unknown function is reported.
    pub(super) fn called(
        &self,
        call: &ast::Call,
        own: Option<&str>,
        found: &mut Diagnostics,
    ) -> Option<(Callee, Rc<[Parameter]>)> {
        let name = &call.name;
        let callee = self.find(&name.text);
        if callee.is_none() && !self.is_broken(&name.text) {
            found.push(match own {
                Some(own) if own == name.text => errors::function_calls_itself(name),
                _ => match elsewhere::definition(&name.text) {
                    Some(definition) => errors::function_from_elsewhere(name, definition),
                    None => errors::unknown_function(name, closest(&name.text, self.names().into_iter())),
                },
            });
        }
        callee
    }

    /// The latest of the first `visible` declarations with this name.
    fn latest(&self, name: &str, visible: usize) -> Option<&Declared> {
        let index = self.by_name.get(name)?.iter().rev().find(|index| **index < visible)?;
        self.declared.get(*index)
    }

    pub(super) fn array(&self, index: usize) -> Option<Rc<ArrayFunction>> {
        self.arrays.get(index).cloned()
    }

    /// Makes only those functions visible that the function of arrays can call.
    pub(super) fn visible_to(&mut self, array: usize) -> Option<usize> {
        let known = self.arrays.get(array).map(|array| array.known);
        std::mem::replace(&mut self.visible, known)
    }

    pub(super) fn visible_again(&mut self, before: Option<usize>) {
        self.visible = before;
    }

    fn names(&self) -> Vec<&str> {
        self.declared.iter().map(|d| d.name.as_str()).collect()
    }

    /// The pointwise functions.
    pub(super) fn pointwise(&self) -> &[Function] {
        &self.pointwise
    }

    pub(super) fn name_of(&self, id: FunctionId) -> Option<&str> {
        self.pointwise.get(id.0 as usize).map(|function| function.name.as_str())
    }

    pub(super) fn report_unused(&self, found: &mut Diagnostics) {
        for declared in self.declared.iter().filter(|d| !d.used.get()) {
            if let Some(span) = declared.span {
                found.push(errors::unused(&declared.name, "function", span));
            }
        }
    }

    pub(super) fn into_declared(self) -> Vec<Function> {
        self.pointwise
    }

    /// Whether a body works on arrays: it sums, counts, joins or multiplies them, or calls a function of
    /// arrays.
    fn is_array(&self, body: &Expression) -> bool {
        let own = match &body.kind {
            ExpressionKind::Chain(_, rest) => rest.iter().any(|(operator, _)| *operator == Operator::Product),
            ExpressionKind::Call(call) => {
                self.find(&call.name.text).is_some_and(|(callee, _)| callee.is_of_arrays())
            }
            ExpressionKind::Number(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::Negative(_)
            | ExpressionKind::Power(..)
            | ExpressionKind::Let(..)
            | ExpressionKind::If(..)
            | ExpressionKind::Mistake => false,
        };
        own || body.parts().into_iter().any(|part| self.is_array(part))
    }

    /// Whether each name in a function of arrays is a parameter, a `let` name or a constant; others are
    /// reported.
    fn check_names<'e>(
        &self,
        known: &mut Vec<&'e str>,
        body: &'e Expression,
        scope: &Scope,
        found: &mut Diagnostics,
    ) -> bool {
        let mut good = match &body.kind {
            ExpressionKind::Name(name) => {
                known.contains(&name.text.as_str()) || scope.resolve(name, found).is_some()
            }
            ExpressionKind::Call(call) => self.called(call, None, found).is_some(),
            ExpressionKind::Let(bound, inner) => {
                let before = known.len();
                let mut good = true;
                for (name, value) in bound {
                    good &= self.check_names(known, value, scope, found);
                    known.push(&name.text);
                    if known.len() > limits::NAMES {
                        found.push(errors::too_many_names("names", "a formula", name.span));
                        return false;
                    }
                }
                good &= self.check_names(known, inner, scope, found);
                known.truncate(before);
                return good;
            }
            ExpressionKind::Number(_)
            | ExpressionKind::Negative(_)
            | ExpressionKind::Power(..)
            | ExpressionKind::Chain(..)
            | ExpressionKind::If(..)
            | ExpressionKind::Mistake => true,
        };
        for part in body.parts() {
            good &= self.check_names(known, part, scope, found);
        }
        good
    }
}

/// The parameters of a function or rule; their default values are constants.
pub(super) fn parameters(
    declared: &[ast::FunctionParameter],
    scope: &Scope,
    found: &mut Diagnostics,
) -> Option<Vec<Parameter>> {
    let mut parameters = Vec::with_capacity(declared.len());
    let mut good = true;
    for parameter in declared {
        let default = match &parameter.default {
            None => None,
            Some(expression) => {
                let value = constant::value(expression, scope, found);
                if value.is_some_and(|value| !value.is_finite()) {
                    found.push(errors::not_finite(expression.span));
                }
                good &= value.is_some_and(f64::is_finite);
                value
            }
        };
        parameters.push(Parameter { name: parameter.name.text.clone(), default });
    }
    good.then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::{Callee, Unary};
    use crate::syntax::words::PRIMITIVES;

    #[test]
    fn each_function_that_is_not_written_in_the_language_is_described() {
        let builtin = Callee::BUILTIN.iter().map(|(name, _)| *name);
        let mut known: Vec<&str> = builtin.chain(Unary::ALL.iter().filter_map(|op| op.name())).collect();
        let mut described: Vec<&str> = PRIMITIVES.iter().map(|word| word.text).collect();
        known.sort_unstable();
        described.sort_unstable();
        assert_eq!(known, described);
    }
}
