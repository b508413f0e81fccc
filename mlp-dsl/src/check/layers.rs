//! Checks layers and the loss.

use super::{Checker, Meaning, Place};

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    limits,
    model::{Layer, LayerBody, Typed, TypedKind, Value},
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
            ast::LayerBody::Neurons(neurons) => self.neurons(index, &layer.name, neurons),
            ast::LayerBody::Whole(shape, expression) => self.whole_layer(layer, shape.as_ref(), expression),
        };
        self.place = Place::Elsewhere;
        if let (Some(span), 0, Some(_)) = (layer.frozen, self.dense_in_layer, &checked) {
            self.found.push(errors::nothing_to_freeze(&layer.name, span));
        }
        self.frozen_layer = false;
        match checked {
            Some((body, shape)) => {
                self.scope.declare(&layer.name, "layer", Meaning::Value(Value::Layer(index)), self.found);
                self.layers.push(Layer { name: layer.name.clone(), docs: layer.docs.clone(), body, shape });
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
        self.layers.push(Layer { name: layer.name.clone(), docs: Vec::new(), body, shape });
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
    ) -> Option<(LayerBody, Shape)> {
        let declared = self.shape(shape).filter(|_| shape.is_some());
        self.width_lost = shape.is_some() && declared.is_none();
        let typed = self.expression(expression, declared);
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
                Some((LayerBody::Whole(typed), shape))
            }
            (_, found) => {
                self.found.push(errors::layer_is_vector(&layer.name, found, typed.span));
                None
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
