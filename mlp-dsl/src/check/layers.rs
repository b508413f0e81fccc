//! Checks layers and the loss.

use super::{
    Checker, Meaning, Place,
    arguments::{Argument, arrange},
    function::Callee,
};

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    limits,
    model::{Dropout, Layer, LayerBody, Typed, TypedKind, Value},
    shape::Shape,
    span::Span,
    syntax::ast::{self, Name},
};

impl Checker<'_> {
    pub(super) fn layer(&mut self, layer: &ast::Layer) {
        if !self.counts_layer(layer) {
            self.incomplete = true;
            return;
        }
        self.place = Place::Layer(layer.name.clone());
        self.frozen_layer = layer.frozen.is_some();
        self.dense_in_layer = 0;
        self.normal_in_layer = 0;
        self.contradicted = false;
        let index = self.layers.len();
        let checked = match &layer.body {
            ast::LayerBody::Neurons(neurons) => {
                self.neurons(index, &layer.name, neurons).map(|(body, shape)| (body, shape, None))
            }
            ast::LayerBody::Whole(shape, expression) => self.whole_layer(layer, shape.as_ref(), expression),
        };
        self.place = Place::Elsewhere;
        if let (Some(span), 0, Some(_)) = (layer.frozen, self.dense_in_layer, &checked) {
            self.found.push(errors::nothing_to_freeze(&layer.name, span));
        }
        self.frozen_layer = false;
        match checked {
            Some((body, shape, dropout)) => {
                self.scope.declare(&layer.name, "layer", Meaning::Value(Value::Layer(index)), self.found);
                let (name, docs) = (layer.name.clone(), layer.docs.clone());
                self.layers.push(Layer { name, docs, body, shape, dropout });
            }
            None => {
                self.incomplete = true;
                let meaning = self.trusted(layer, index).unwrap_or(Meaning::Mistake);
                self.scope.declare(&layer.name, "layer", meaning, self.found);
            }
        }
    }

    /// A layer with an error in its formula still has its declared length, so that further errors are found.
    fn trusted(&mut self, layer: &ast::Layer, index: usize) -> Option<Meaning> {
        let shape = self.length_of(layer)?;
        let body = LayerBody::Whole(Typed { kind: TypedKind::Number(0.0), shape, span: layer.span });
        self.layers.push(Layer { name: layer.name.clone(), docs: Vec::new(), body, shape, dropout: None });
        Some(Meaning::Value(Value::Layer(index)))
    }

    fn length_of(&mut self, layer: &ast::Layer) -> Option<Shape> {
        if self.contradicted {
            return None;
        }
        match &layer.body {
            ast::LayerBody::Neurons(neurons) => {
                Some(Shape::Vector(neurons.len())).filter(|_| !neurons.is_empty())
            }
            ast::LayerBody::Whole(shape, _) => {
                let sizes = shape.as_ref()?.0.as_slice();
                let [size] = sizes else { return None };
                // The wrong size is already reported.
                let value = super::constant::value(size, &self.scope, &mut Diagnostics::default())?;
                let whole = value.fract() == 0.0 && (1.0..=limits::LENGTH as f64).contains(&value);
                whole.then_some(Shape::Vector(value as usize))
            }
        }
    }

    /// Counts layers and neurons before they are processed; reports the one that exceeds a limit.
    fn counts_layer(&mut self, layer: &ast::Layer) -> bool {
        self.layer_count += 1;
        if let ast::LayerBody::Neurons(neurons) = &layer.body {
            let before = self.neuron_count;
            self.neuron_count += neurons.len();
            if before <= limits::NEURONS && self.neuron_count > limits::NEURONS {
                self.found.push(errors::too_many_neurons(layer.name.span));
            }
        }
        if self.layer_count == limits::LAYERS + 1 {
            self.found.push(errors::too_many_layers(layer.name.span));
        }
        self.layer_count <= limits::LAYERS && self.neuron_count <= limits::NEURONS
    }

    pub(super) fn neurons(
        &mut self,
        index: usize,
        name: &Name,
        neurons: &[ast::Neuron],
    ) -> Option<(LayerBody, Shape)> {
        if neurons.is_empty() {
            self.found.push(errors::empty_group(name));
        }
        let mut checked = Vec::new();
        for neuron in neurons {
            let typed = self.expression(&neuron.expression, None);
            if let Some(typed) = &typed
                && typed.shape != Shape::Scalar
            {
                self.found.push(errors::neuron_is_scalar(&neuron.name, typed.shape, typed.span));
            }
            checked.push(typed.filter(|t| t.shape == Shape::Scalar));
        }
        let whole = !checked.is_empty() && checked.iter().all(Option::is_some);
        for (j, neuron) in neurons.iter().enumerate() {
            let meaning = if whole { Meaning::Value(Value::Neuron(index, j)) } else { Meaning::Mistake };
            self.scope.declare(&neuron.name, "neuron", meaning, self.found);
        }
        let names = neurons.iter().map(|n| n.name.clone());
        let body: Option<Vec<(Name, Typed)>> = names.zip(checked).map(|(n, t)| Some((n, t?))).collect();
        let body = body.filter(|_| whole)?;
        let shape = Shape::Vector(body.len());
        Some((LayerBody::Neurons(body), shape))
    }

    pub(super) fn whole_layer(
        &mut self,
        layer: &ast::Layer,
        shape: Option<&(Vec<ast::Expression>, Span)>,
        expression: &ast::Expression,
    ) -> Option<(LayerBody, Shape, Option<Dropout>)> {
        let declared = self.shape(shape).filter(|_| shape.is_some());
        self.width_lost = shape.is_some() && declared.is_none();
        let (inside, dropout) = self.dropout(expression);
        let typed = self.expression(inside, declared);
        if std::mem::take(&mut self.width_lost) {
            return None;
        }
        let typed = typed?;
        match (declared, typed.shape) {
            (Some(declared), found) if declared != found => {
                let span = shape.map_or(layer.name.span, |(_, span)| *span);
                self.contradicted = true;
                self.found.push(errors::layer_shape(&layer.name, declared, span, found, typed.span));
                None
            }
            (_, Shape::Vector(_)) => {
                let shape = typed.shape;
                Some((LayerBody::Whole(typed), shape, dropout))
            }
            (_, found) => {
                self.found.push(errors::layer_is_vector(&layer.name, found, typed.span));
                None
            }
        }
    }

    /// The formula inside `dropout(…)` around the formula of a layer, and the units that are left out; with the rate 0 none
    /// are.
    fn dropout<'e>(&mut self, formula: &'e ast::Expression) -> (&'e ast::Expression, Option<Dropout>) {
        let ast::ExpressionKind::Call(call) = &formula.kind else { return (formula, None) };
        let Some((Callee::Dropout, parameters)) = self.functions.find(&call.name.text) else {
            return (formula, None);
        };
        let Some([Argument::Given(inside), Argument::Given(rate)]) = arrange(call, &parameters, self.found)
            .as_deref()
            .and_then(<[Argument<'_>]>::first_chunk)
            .copied()
        else {
            let first = call.arguments.first().map_or(formula, |(_, first)| first);
            return (first, None);
        };
        let number = self.number_of(rate).filter(|number| {
            let fits = (0.0..1.0).contains(number);
            if !fits {
                self.found.push(errors::rate_of_dropout(*number, rate.span));
            }
            fits
        });
        let dropped = number.filter(|rate| *rate > 0.0);
        (inside, dropped.map(|rate| Dropout { rate, span: call.name.span }))
    }

    /// Dropout needs steps of training, and outputs have none.
    pub(super) fn settle_dropout(&mut self) {
        let last = self.layers.len().saturating_sub(1);
        let trained = self.train_span.is_some();
        for (index, layer) in self.layers.iter().enumerate() {
            let Some(Dropout { span, .. }) = layer.dropout else { continue };
            let is_output = self.heads.as_ref().map_or(index == last, |(heads, _)| heads.contains(&index));
            if is_output {
                self.found.push(errors::dropout_of_output(&layer.name, span));
            } else if !trained {
                self.found.push(errors::dropout_without_train(span));
            }
        }
    }

    pub(super) fn loss(&mut self, loss: &ast::Expression, weight: Option<&ast::Expression>) {
        if let Some(typed) = self.expression(loss, None) {
            if typed.shape != Shape::Scalar {
                self.found.push(errors::loss_is_scalar(typed.shape, typed.span));
            }
            self.loss = Some(typed);
        }
        if let Some(weight) = weight {
            self.weight = self.sample_weight(weight);
        }
    }

    pub(super) fn penalty(&mut self, penalty: &ast::Expression) {
        self.place = Place::Penalty;
        let typed = self.expression(penalty, None);
        self.place = Place::Elsewhere;
        let Some(typed) = typed else { return };
        if typed.shape != Shape::Scalar {
            self.found.push(errors::penalty_is_scalar(typed.shape, typed.span));
        }
        self.penalties.push(typed);
    }
}
