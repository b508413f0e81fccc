//! What the step starts from: samples, parameters, settings and the state of the rule, as numbers.

use mlp_dsl::{
    ir::{
        Data, Dropout, Parameter, Value,
        array::Op,
        equation::{EquationId, Role, Symbol},
    },
    kind::ParameterKind,
    model::{Sample, Start},
    shape::Shape,
};

use crate::{Language, page::Page, program::Program};

impl Program<'_> {
    /// The section of what is given.
    pub(crate) fn givens(&self, page: &mut Page) {
        if self.samples == 1 {
            self.sample(page);
        } else {
            self.batch(page);
        }
        self.parameters(page);
        self.settings(page);
        self.states(page);
    }

    fn data(&self) -> impl Iterator<Item = &Data> {
        self.derivation.inputs.iter().chain(&self.derivation.targets)
    }

    /// The given values of a sample by name, in order: the loop over the samples takes them apart.
    pub(crate) fn sample_names(&self) -> Vec<EquationId> {
        let data = self.data().flat_map(|data| data.value.equations().to_vec());
        data.chain(self.derivation.dropouts.iter().map(|dropout| dropout.mask)).collect()
    }

    /// What a comment says of a mask of dropout.
    fn about_mask(&self, dropout: &Dropout) -> String {
        let (mask, layer) = (self.names.value(dropout.mask), self.names.value(dropout.value));
        let rate = self.spelling().number(dropout.rate, false).text;
        format!(
            "{mask}: the units of {layer} that this step leaves out (0) and keeps (1 / (1 − {rate})), drawn from the seed. \
             Outside of training every unit counts once."
        )
    }

    /// One sample: each of its values.
    fn sample(&self, page: &mut Page) {
        page.heading(match self.derivation.targets.len() {
            0 => "The input",
            1 => "The sample: input and target",
            _ => "The sample: input and targets",
        });
        for data in self.data() {
            self.documentation(page, &data.docs);
            for id in data.value.equations() {
                self.array(page, *id);
            }
        }
        for dropout in &self.derivation.dropouts {
            page.blank();
            page.comment(&self.about_mask(dropout));
            self.array(page, dropout.mask);
        }
    }

    /// A given value with its numbers.
    fn array(&self, page: &mut Page, id: EquationId) {
        let numbers: Vec<f64> = self.point.of(id, 0).map(|array| array.iter().collect()).unwrap_or_default();
        let texts: Vec<String> = numbers.iter().map(|x| self.spelling().number(*x, false).text).collect();
        let (start, end) = (page.declaration(&self.names.value(id)), page.terminator());
        match self.equation(id).shape {
            Shape::Scalar => page.line(&format!("{start}{}{end}", texts.concat())),
            Shape::Vector(_) => page.listed(&start, ["[", "]"], &texts, end),
            Shape::Matrix(_, columns) => {
                let rows: Vec<Vec<String>> = texts.chunks(columns.max(1)).map(<[String]>::to_vec).collect();
                page.rows(&start, &rows, end);
            }
        }
    }

    /// Several samples: a list with an item for each.
    fn batch(&self, page: &mut Page) {
        page.heading("The samples");
        let names: Vec<String> = self.sample_names().iter().map(|id| self.names.value(*id)).collect();
        page.comment(&format!("Each has {}", names.join(", ")));
        for dropout in &self.derivation.dropouts {
            page.comment(&self.about_mask(dropout));
        }
        page.line(&format!("{}[", page.declaration(&self.names.samples)));
        page.indent();
        for (number, sample) in self.derivation.declared_samples().iter().enumerate() {
            let mut items = self.items(sample);
            items.extend(self.derivation.dropouts.iter().map(|dropout| self.mask(dropout.mask, number)));
            match self.language {
                Language::Python if items.len() == 1 => page.listed("", ["(", ",)"], &items, ","),
                Language::Python => page.listed("", ["(", ")"], &items, ","),
                Language::JavaScript => page.listed("", ["[", "]"], &items, ","),
            }
        }
        page.dedent();
        page.line(&format!("]{}", page.terminator()));
    }

    /// The mask of a sample.
    fn mask(&self, id: EquationId, sample: usize) -> String {
        let mask: Vec<f64> = self.point.of(id, sample).map(|mask| mask.iter().collect()).unwrap_or_default();
        let numbers: Vec<String> = mask.iter().map(|x| self.spelling().number(*x, false).text).collect();
        format!("[{}]", numbers.join(", "))
    }

    /// The values of a sample: a number, or a list of numbers, for each name.
    fn items(&self, sample: &Sample) -> Vec<String> {
        let number = |x: &f64| self.spelling().number(*x, false).text;
        let mut items = Vec::new();
        let mut take = |data: &Data, values: &[f64]| match &data.value {
            Value::Packed(_) => items.extend(values.iter().map(number)),
            Value::Whole(_) => {
                let list = values.iter().map(number).collect::<Vec<String>>().join(", ");
                items.push(if data.shape == Shape::Scalar { list } else { format!("[{list}]") });
            }
        };
        let sides = [(&self.derivation.inputs, &sample.input), (&self.derivation.targets, &sample.target)];
        for (all, numbers) in sides {
            let mut rest = numbers.as_slice();
            for data in all {
                let (own, others) = rest.split_at_checked(data.shape.count()).unwrap_or((rest, &[]));
                rest = others;
                take(data, own);
            }
        }
        items
    }

    fn parameters(&self, page: &mut Page) {
        if self.derivation.parameters.is_empty() {
            return;
        }
        page.heading("Weights and biases at the start");
        for parameter in &self.derivation.parameters {
            if self.equation(parameter.equation).shape != Shape::Scalar {
                page.blank();
            }
            self.documentation(page, &parameter.docs);
            if let Some(about) = about(parameter) {
                page.comment(about);
            }
            self.array(page, parameter.equation);
        }
    }

    /// The numbers of the rule of training.
    fn settings(&self, page: &mut Page) {
        let Some(training) = &self.derivation.training else { return };
        page.heading(&format!("The training rule {}", training.rule));
        self.documentation(page, &training.docs);
        for id in &training.settings {
            if let Op::Setting(value) = self.equation(*id).op {
                page.define(&self.names.value(*id), &self.spelling().number(value, false));
            }
        }
        if let Some(step) = training.step {
            page.comment("The number of the step");
            page.define(&self.names.value(step), &self.spelling().number(1.0, false));
        }
    }

    /// What the rule keeps from step to step: 0 before the first.
    fn states(&self, page: &mut Page) {
        let states: Vec<EquationId> = self
            .derivation
            .parameters
            .iter()
            .flat_map(Parameter::state)
            .map(|state| state.equation)
            .collect();
        if states.is_empty() {
            return;
        }
        page.blank();
        page.comment("What the rule keeps from step to step, 0 before the first step");
        for id in states {
            let zero = self.spelling().number(0.0, false);
            page.define(&self.names.value(id), &self.each(self.equation(id).shape, &zero));
        }
    }

    /// The heading of the equations with a role.
    pub(crate) fn title(&self, id: EquationId) -> &str {
        let equation = self.equation(id);
        let key = match equation.role {
            Role::Given => return "The settings of this step",
            Role::Forward => "forward",
            Role::Loss if equation.symbol == Symbol::Objective => return "The objective",
            Role::Loss => "loss",
            Role::LocalDerivative | Role::ChainRule => "backward",
            Role::Penalty if equation.symbol == Symbol::Objective => return "The objective",
            Role::Penalty => "penalty",
            Role::Update => "update",
            Role::Batch if equation.symbol == Symbol::Objective => return "The objective",
            Role::Batch if matches!(equation.symbol, Symbol::BatchLoss(_)) => "loss",
            Role::Batch => return "The gradients of the batch",
        };
        self.heading_of(key)
    }

    /// The words of a heading: the specification's, or English ones.
    pub(crate) fn heading_of(&self, key: &str) -> &str {
        let own = &self.derivation.header.document.headings;
        let own = own.iter().find(|(name, _)| name == key).map(|(_, words)| words.as_str());
        let english = mlp_dsl::model::HEADINGS.iter().find(|(name, _)| *name == key).map(|(_, words)| *words);
        own.or(english).unwrap_or_default()
    }
}

/// What a comment says of a parameter.
fn about(parameter: &Parameter) -> Option<&'static str> {
    match (&parameter.start, parameter.kind, parameter.frozen) {
        (_, ParameterKind::Weight, true) => Some("frozen weights: the step leaves them as they are"),
        (_, ParameterKind::Bias, true) => Some("frozen biases: the step leaves them as they are"),
        (Start::Uniform { .. } | Start::Normal { .. }, _, false) => Some("drawn at random, once"),
        (Start::Loaded(_), _, false) => Some("from the file of weights"),
        (Start::Fill(_) | Start::Values(_), _, false) => None,
    }
}
