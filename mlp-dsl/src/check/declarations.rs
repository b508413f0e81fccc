//! Inputs, targets, weights and biases: their shapes and values.

use super::{Checker, Meaning, initial};

use crate::{
    check::errors,
    kind::ParameterKind,
    limits,
    model::{Data, Parameter, Start, Value},
    shape::Shape,
    span::Span,
    syntax::ast,
};

impl Checker<'_> {
    /// An input or a target, and its named elements.
    pub(super) fn data(
        &mut self,
        group: &ast::Group,
        what: &'static str,
        whole: Value,
        element: &dyn Fn(usize) -> Value,
    ) -> Data {
        let declaration = &group.declaration;
        let name = &declaration.name;
        if let Some(classes) = &group.classes {
            return self.class(group, classes, whole);
        }
        if let (true, Some((_, span))) = (group.importance, &declaration.shape) {
            self.found.push(errors::importance_is_number(name, *span));
        }
        if let Some(elements) = &group.elements {
            self.scope.declare(name, what, Meaning::Value(whole), self.found);
            return self.named_data((group, elements), what, element);
        }
        let shape = self.shape(declaration.shape.as_ref());
        let (known, shape) = match (shape, &declaration.shape) {
            (Some(Shape::Matrix(..)), Some((_, span))) => {
                self.found.push(errors::matrix_of_data(what, *span));
                (false, Shape::Vector(1))
            }
            (Some(shape), _) => (self.count_data(shape, name.span), shape),
            (None, _) => (false, Shape::Vector(1)),
        };
        let meaning = if known { Meaning::Value(whole) } else { Meaning::Mistake };
        self.scope.declare(name, what, meaning, self.found);
        let mut drawn = Vec::new();
        let values = match &declaration.start {
            _ if !known => None,
            Some(ast::Start::Value(value)) => self.values(value, shape, name),
            Some(ast::Start::Initializer(call)) => {
                drawn.extend(self.drawn(call, (what, name), shape.count(), 0));
                Some(Start::Fill(0.0))
            }
            None => None,
        };
        let values = values.map(|start| match start {
            Start::Values(values) => values,
            Start::Fill(value) => vec![value; shape.count()],
            Start::Loaded(_) | Start::Uniform { .. } | Start::Normal { .. } => Vec::new(),
        });
        Data {
            name: name.clone(),
            docs: group.docs.clone(),
            shape,
            elements: None,
            class: false,
            importance: group.importance,
            values,
            drawn,
        }
    }

    /// `label: class[10] = 3`: in formulas a one-hot vector.
    fn class(&mut self, group: &ast::Group, classes: &ast::Expression, whole: Value) -> Data {
        let name = &group.declaration.name;
        let count = self.whole(classes, "a number of classes", 1, limits::LENGTH);
        let shape = Shape::Vector(count.unwrap_or(1) as usize);
        let known = count.is_some() && self.count_data(shape, name.span);
        let meaning = if known { Meaning::Value(whole) } else { Meaning::Mistake };
        self.scope.declare(name, "target", meaning, self.found);
        let mut drawn = Vec::new();
        let values = match &group.declaration.start {
            Some(ast::Start::Value(value)) if known => self.class_value(value, shape.count()),
            Some(ast::Start::Initializer(call)) if known => {
                drawn.extend(self.drawn_class(call, name, shape.count()));
                Some(vec![0.0; shape.count()])
            }
            Some(_) | None => None,
        };
        Data {
            name: name.clone(),
            docs: group.docs.clone(),
            shape,
            elements: None,
            class: true,
            importance: false,
            values,
            drawn,
        }
    }

    /// The index of a class, counted from 0, as a one-hot vector.
    pub(super) fn class_value(&mut self, value: &ast::Value, classes: usize) -> Option<Vec<f64>> {
        let expression = match value {
            ast::Value::Single(expression) => expression,
            ast::Value::List(_, span) => {
                self.found.push(errors::class_is_number(classes, *span));
                return None;
            }
        };
        let index = self.whole(expression, "a class", 0, classes as u64 - 1)? as usize;
        Some((0..classes).map(|class| f64::from(u8::from(class == index))).collect())
    }

    /// Counts the numbers of inputs and target before any memory is allocated for them; false above the
    /// limit.
    pub(super) fn count_data(&mut self, shape: Shape, span: Span) -> bool {
        let before = self.data_length;
        self.data_length = before.saturating_add(shape.count() as u64);
        if before <= limits::DATA && self.data_length > limits::DATA {
            self.found.push(errors::too_much_data(self.data_length, span));
        }
        self.data_length <= limits::DATA
    }

    pub(super) fn named_data(
        &mut self,
        (group, elements): (&ast::Group, &[ast::Declaration]),
        what: &'static str,
        element: &dyn Fn(usize) -> Value,
    ) -> Data {
        let mut drawn = Vec::new();
        let name = group.declaration.name.clone();
        if elements.is_empty() {
            self.found.push(errors::empty_group(&name));
        }
        let mut values = Vec::new();
        for (index, declaration) in elements.iter().enumerate() {
            self.scope.declare(&declaration.name, what, Meaning::Value(element(index)), self.found);
            if let Some((_, span)) = &declaration.shape {
                self.found.push(errors::shape_in_group(*span));
            }
            match &declaration.start {
                Some(ast::Start::Value(value)) => {
                    if let Some(Start::Fill(value)) = self.values(value, Shape::Scalar, &declaration.name) {
                        values.push(value);
                    }
                }
                Some(ast::Start::Initializer(call)) => {
                    drawn.extend(self.drawn(call, (what, &declaration.name), 1, index));
                    values.push(0.0);
                }
                None => {}
            }
        }
        let given = elements.iter().filter(|d| d.start.is_some()).count();
        if let (true, Some(missing)) = (given > 0, elements.iter().find(|d| d.start.is_none())) {
            self.found.push(errors::value_missing(&missing.name));
        }
        let values = (values.len() == elements.len() && !values.is_empty()).then_some(values);
        let shape = Shape::Vector(elements.len().max(1));
        let elements = Some(elements.iter().map(|d| d.name.clone()).collect());
        Data {
            name,
            docs: group.docs.clone(),
            shape,
            elements,
            class: false,
            importance: false,
            values,
            drawn,
        }
    }

    pub(super) fn parameter(&mut self, kind: ParameterKind, frozen: bool, declaration: &ast::Declaration) {
        let name = &declaration.name;
        let meaning = Meaning::Value(Value::Parameter(self.parameters.len()));
        let what = match kind {
            ParameterKind::Weight => "weight",
            ParameterKind::Bias => "bias",
        };
        let Some(shape) = self.shape(declaration.shape.as_ref()) else {
            self.scope.declare(name, what, Meaning::Mistake, self.found);
            return;
        };
        self.scope.declare(name, what, meaning, self.found);
        let start = match &declaration.start {
            Some(ast::Start::Value(value)) => self.values(value, shape, name),
            Some(ast::Start::Initializer(call)) => self.initializer(call, shape),
            None => Some(initial::default(kind, shape, None)),
        };
        self.undrawn.push(declaration.start.is_none());
        self.parameters.push(Parameter {
            name: name.clone(),
            docs: declaration.docs.clone(),
            kind,
            frozen,
            shape,
            start: start.unwrap_or(Start::Fill(0.0)),
        });
        self.count_parameters(shape, name.span);
    }

    /// Reports the declaration that exceeds the limit, not the following ones.
    pub(super) fn count_parameters(&mut self, shape: Shape, span: Span) {
        let before = self.parameter_count;
        self.parameter_count = before.saturating_add(shape.count() as u64);
        if before <= limits::PARAMETERS && self.parameter_count > limits::PARAMETERS {
            self.found.push(errors::too_many_parameters(self.parameter_count, span));
        }
    }

    /// A shape as written; without a shape, a scalar.
    pub(super) fn shape(&mut self, shape: Option<&(Vec<ast::Expression>, Span)>) -> Option<Shape> {
        let Some((sizes, span)) = shape else { return Some(Shape::Scalar) };
        let known: Vec<Option<u64>> =
            sizes.iter().map(|size| self.whole(size, "a size", 1, limits::LENGTH)).collect();
        match known.as_slice() {
            [Some(n)] => Some(Shape::Vector(*n as usize)),
            [Some(rows), Some(columns)] if rows.saturating_mul(*columns) <= limits::PARAMETERS => {
                Some(Shape::Matrix(*rows as usize, *columns as usize))
            }
            [Some(rows), Some(columns)] => {
                self.found.push(errors::too_many_parameters(rows.saturating_mul(*columns), *span));
                None
            }
            [None] | [_, _] => None,
            _ => {
                self.found.push(errors::too_many_dimensions(*span));
                None
            }
        }
    }
}
