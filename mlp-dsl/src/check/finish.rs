//! Checks that need the whole network: unused names, missing parts, name clashes, and the default start
//! values of weights.

use super::{Checker, attributes::attributes, heads};
use crate::reserved::unusable_type;

use crate::{
    check::errors,
    model::{Header, LayerBody, Model},
    number::Precision,
    span::Span,
    syntax::ast::{self, Name},
    weights::Files,
};

impl Checker<'_> {
    /// Checks that need the whole network: unused names, missing parts, name clashes.
    pub(super) fn finish(mut self, network: &ast::Network, files: &dyn Files) -> Option<Model> {
        let precision = self.precision(network);
        self.join_heads();
        if let (Some(last), None) = (self.layers.last(), &self.heads) {
            self.scope.mark(&last.name.text);
        }
        self.mark_groups();
        let lost = self.incomplete;
        if self.layers.is_empty() && !lost {
            self.found.push(errors::no_layers(&network.name));
        }
        if self.inputs.is_empty() && !lost {
            self.found.push(errors::no_inputs(&network.name));
        }
        if let (Some(span), None, false) = (self.train_span, &self.loss, lost) {
            self.found.push(errors::train_without_loss(span));
            self.targets.iter().for_each(|target| self.scope.mark(&target.name.text));
            self.mark_groups();
        }
        if let (Some(penalty), None, false) = (self.penalties.first(), &self.loss, lost) {
            self.found.push(errors::penalty_without_loss(penalty.span));
        }
        if !lost {
            self.settle_dropout();
        }
        self.settle_batch();
        self.settle_data();
        self.settle_table();
        if !lost {
            self.generated_names();
        }
        let expects = if lost { Vec::new() } else { self.expects(network, files) };
        if !lost && !self.skipped && !self.layers.is_empty() {
            self.scope.report_unused(self.found);
            self.functions.report_unused(self.found);
            self.rules.report_unused(self.found);
        }
        let attributes = attributes(&network.attributes, self.found);
        self.choose_start_values();
        self.load_weights(precision, files);
        if !self.found.is_empty() {
            return None;
        }
        let has_data = self.data.is_some();
        let of_training = self.training.as_ref().and_then(|training| training.batch);
        let batch = of_training.or(self.batch.map(|(batch, _)| batch));
        let samples = self.samples();
        let header = Header {
            name: network.name.text.clone(),
            name_span: network.name.span,
            visibility: network.visibility.clone(),
            docs: network.docs.clone(),
            attributes,
            precision: precision?,
            seed: self.seed,
            batch,
            constants: self.constants,
            functions: self.functions.into_declared(),
            samples,
            has_data,
            expects,
            unroll: self.unroll,
            arithmetic: self.arithmetic.unwrap_or_default(),
            to_inputs: self.to_inputs,
            document: self.document,
            run: self.run,
        };
        Some(Model {
            header,
            inputs: self.inputs,
            targets: self.targets,
            parameters: self.parameters,
            layers: self.layers,
            heads: self.heads.map(|(heads, _)| heads).unwrap_or_default(),
            loss: self.loss,
            weight: self.weight,
            penalties: self.penalties,
            training: self.training,
            unroll_span: self.unroll_span,
            allowed: self.allowed,
        })
    }

    pub(super) fn precision(&mut self, network: &ast::Network) -> Option<Precision> {
        if let Some(reason) = unusable_type(&network.name.text) {
            self.found.push(errors::unusable_name(&network.name, reason));
        }
        match network.precision.as_ref().map(|p| p.text.as_str()) {
            None | Some("f32") => Some(Precision::F32),
            Some("f64") => Some(Precision::F64),
            Some(_) => {
                let found = network.precision.as_ref()?;
                self.found.push(errors::unknown_precision(found));
                None
            }
        }
    }

    /// Using an element uses its group, and using the group uses its elements. If neither is used, only the
    /// group is reported.
    pub(super) fn mark_groups(&self) {
        let groups = self.inputs.iter().chain(&self.targets);
        let groups = groups.filter_map(|data| Some((&data.name, data.elements.as_ref()?.iter().collect())));
        let layers = self.layers.iter().filter_map(|layer| match &layer.body {
            LayerBody::Neurons(neurons) => Some((&layer.name, neurons.iter().map(|(n, _)| n).collect())),
            LayerBody::Whole(_) => None,
        });
        let both: Vec<(&Name, Vec<&Name>)> = groups.chain(layers).collect();
        for (whole, elements) in both {
            if self.scope.is_used(&whole.text) {
                elements.iter().for_each(|element| self.scope.mark(&element.text));
            } else if elements.iter().any(|element| self.scope.is_used(&element.text)) {
                self.scope.mark(&whole.text);
            } else {
                elements.iter().for_each(|element| self.scope.mark(&element.text));
            }
        }
    }

    /// The compiler names net inputs and parts of the loss; a declared name must be different.
    pub(super) fn generated_names(&mut self) {
        let mut made = self.made.clone();
        for layer in &self.layers {
            let names: Vec<&Name> = match &layer.body {
                LayerBody::Neurons(neurons) => neurons.iter().map(|(name, _)| name).collect(),
                LayerBody::Whole(_) => vec![&layer.name],
            };
            if layer.dropout.is_some() {
                let text = &layer.name.text;
                made.insert(format!("mask_{text}"), format!("the mask of dropout in `{text}`"));
                made.insert(format!("full_{text}"), format!("the values of `{text}` before dropout"));
            }
            for name in names {
                made.insert(format!("net_{}", name.text), format!("the net input of `{}`", name.text));
                made.insert(format!("E_{}", name.text), format!("the loss at `{}`", name.text));
            }
        }
        if self.loss.is_some() {
            made.insert("E".to_owned(), "the loss".to_owned());
        }
        if self.weight.is_some() {
            made.insert("L".to_owned(), "the loss without its weight".to_owned());
            made.insert("omega".to_owned(), "the weight of a sample".to_owned());
        }
        if self.heads.as_ref().is_some_and(|(heads, _)| heads.len() > 1) {
            made.insert(heads::JOINED.to_owned(), "the output".to_owned());
        }
        let declared: Vec<(String, Span)> = self.scope.declared().map(|(n, s)| (n.to_owned(), s)).collect();
        for (name, span) in declared {
            if let Some(what) = made.get(&name) {
                self.scope.mark(&name); // report only one error per name
                self.found.push(errors::name_is_generated(&name, what, span));
            }
        }
    }
}
