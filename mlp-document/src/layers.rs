//! The passes of a network written in layers: the same equations for a whole batch, with sizes.

use std::collections::HashSet;

use mlp_dsl::{
    formula::scalar::Binary,
    ir::{
        array::Op,
        equation::{EquationId, Per, Role, Symbol},
    },
    model::Reduction,
    shape::Shape,
};

use super::{
    content::{Inline, Letter, Line, Section, Side, Text, plain},
    context::{Context, ITEMS, arithmetic, sum_of_products},
    expression::{ArrayOp, Expression, Node, NodeId, Quantity},
};

/// Why the gradient is so simple where a cross-entropy follows a softmax.
const SOFTMAX_WITH_CROSS_ENTROPY: &str = "Softmax and cross-entropy are derived together. For p = softmax(z), that is pᵢ = exp(zᵢ) / Σₖ exp(zₖ), the derivatives are ∂pₖ/∂zᵢ = pₖ (1 − pᵢ) where k = i and −pₖ pᵢ elsewhere. With E = −Σₖ tₖ ln pₖ and ∂E/∂pₖ = −tₖ / pₖ, the chain rule gives ∂E/∂zᵢ = −Σₖ (tₖ / pₖ) · ∂pₖ/∂zᵢ = pᵢ Σₖ tₖ − tᵢ: prediction minus target where the targets sum to 1. The program computes both from z with the maximum subtracted first, so that nothing overflows.";

impl Context<'_> {
    /// Section 3 in matrix form.
    pub(super) fn forward_in_layers(&self) -> Section {
        let mut section = Section::new("forward");
        let m = self.batch();
        let noun = if m == 1 { "sample" } else { "samples" };
        section.paragraph(vec![
            Inline::Text("The samples of a batch stand below one another: each value of a layer is a matrix with a row for each of the ".into()),
            Inline::Letter(Letter::BatchSize),
            Inline::Text(format!(" = {m} {noun}. A bias, one row, is added to every row; functions act on each element, softmax on each row. ")),
            Inline::Letter(Letter::Elementwise),
            Inline::Text(" multiplies element by element.".into()),
        ]);
        if self.numbers.is_none() {
            section.paragraph(vec![
                Inline::Text("Inputs or targets have no declared values, so formulas stand in symbols only. Values given in the specification, as in ".into()),
                Inline::Code("input x[2] = [0.05, 0.10];".into()),
                Inline::Text(", are put in where they are few.".into()),
            ]);
        }
        if self.numbers.is_some() && m > 1 {
            section.say("The numbers are those of one sample, a batch of one: with more samples there is a row for each, and what is summed over the batch has a term for each.");
        }
        let named = self.named(Role::Forward);
        section.lines(self.lines_of(&named));
        self.left_out(&mut section, named.len(), "values");
        self.sizes(&mut section, &named, &["Input matrix", "Weight matrix", "Output matrix"]);
        section
    }

    /// Section 4 in matrix form.
    pub(super) fn loss_in_layers(&self, mean: EquationId) -> Section {
        let mut section = Section::new("loss");
        section.say(match self.derivation.loss.as_ref().map(|loss| loss.reduction) {
            Some(Reduction::Sum) => {
                "The loss of one sample, then the sum over the batch, which is what training makes smaller."
            }
            _ => {
                "The loss of one sample, then the mean over the batch, which is what training makes smaller."
            }
        });
        let mut named = self.named(Role::Loss);
        named.truncate(ITEMS);
        named.push(mean);
        section.lines(self.lines_of(&named));
        section
    }

    /// Section 5 in matrix form.
    pub(super) fn backward_in_layers(&self) -> Section {
        let mut section = Section::new("backward");
        section.paragraph(vec![
            Inline::Text("The chain rule, from the last layer to the first. ".into()),
            Inline::Letter(Letter::Delta),
            Inline::Text(" is the derivative of the loss by a net input, with a row for each sample. A layer hands it on through its transposed weights; the gradient of the weights is the transposed input times ".into()),
            Inline::Letter(Letter::Delta),
            Inline::Text(match self.derivation.loss.as_ref().map(|loss| loss.reduction) {
                Some(Reduction::Sum) => ".".into(),
                _ => ", divided by the size of the batch.".into(),
            }),
        ]);
        if self.derivation.equations.iter().any(|e| matches!(e.op, Op::SoftmaxCrossEntropy(..))) {
            section.say(SOFTMAX_WITH_CROSS_ENTROPY);
        }
        let mut derived = HashSet::new();
        for value in self.named(Role::Forward).into_iter().rev() {
            if let Some((function, arguments)) = self.outermost_call(value)
                && derived.insert(function)
                && derived.len() <= ITEMS
            {
                section.lines(self.function(function, &arguments));
            }
        }
        let mut named = self.named(Role::ChainRule);
        named.extend(self.named(Role::LocalDerivative));
        named.sort();
        named.retain(|id| !self.is_of_parameter(*id));
        section.lines(self.lines_of(&named));
        self.left_out(&mut section, named.len(), "derivatives");
        let means: Vec<EquationId> =
            self.derivation.parameters.iter().filter_map(mlp_dsl::ir::Parameter::batch).collect();
        section.say(match self.derivation.loss.as_ref().map(|loss| loss.reduction) {
            Some(Reduction::Sum) => "The gradients of the parameters, as sums over the batch:",
            _ => "The gradients of the parameters, as means over the batch:",
        });
        section.lines(self.lines_of(&means));
        self.left_out(&mut section, means.len(), "gradients");
        named.extend(&means);
        self.sizes(&mut section, &named, &["First matrix", "Second matrix", "Result"]);
        section
    }

    /// What it takes: batches, memory, operations.
    pub(super) fn effort(&self) -> Section {
        let mut section = Section::new("effort");
        self.batches(&mut section);
        let parameters = self.derivation.parameter_count();
        let bytes = self.derivation.header.precision.bytes();
        section.say(format!(
            "Memory: each of the {parameters} parameters is an {} number of {bytes} bytes. In bytes:",
            self.derivation.header.precision.rust()
        ));
        let product =
            |factors: &[usize]| arithmetic(sum_of_products(&[factors.to_vec()]), factors.iter().product());
        section.lines(vec![product(&[parameters, bytes])]);
        let each = self.derivation.multiply_adds();
        section.say(format!(
            "Work: the forward pass of one sample takes {each} multiply-adds, those inside functions not counted. For a batch:"
        ));
        section.lines(vec![product(&[self.batch(), each])]);
        section
    }

    /// Batches for one epoch, with both conventions where they do not come out even.
    fn batches(&self, section: &mut Section) {
        let Some(samples) = self.derivation.training.as_ref().and_then(|t| t.samples) else {
            section.say("The specification does not say how many samples there are, so the batches of an epoch are not counted.");
            return;
        };
        let batch = self.batch();
        let mut quotient = Expression::default();
        let dividend = quotient.push(Node::Number(samples as f64));
        let divisor = quotient.push(Node::Number(batch as f64));
        let fraction = quotient.push(Node::Binary(Binary::Divide, dividend, divisor));
        let rounded = |up: bool| {
            let mut expression = quotient.clone();
            expression.push(Node::Whole { up, of: fraction });
            expression
        };
        if samples.is_multiple_of(batch) {
            section.say(format!("One epoch goes through {samples} samples in batches of {batch}:"));
            section.lines(vec![arithmetic(quotient, samples / batch)]);
            return;
        }
        let rest = samples % batch;
        section.say(format!(
            "One epoch goes through {samples} samples in batches of {batch}. The last batch has only {rest}: it is either used as it is (first line) or dropped (second line)."
        ));
        let lines = vec![
            arithmetic(rounded(true), samples.div_ceil(batch)),
            arithmetic(rounded(false), samples / batch),
        ];
        section.lines(lines);
    }

    pub(super) fn lines_of(&self, ids: &[EquationId]) -> Vec<Line> {
        ids.iter().take(ITEMS).map(|id| self.line(*id)).collect()
    }

    fn is_of_parameter(&self, id: EquationId) -> bool {
        matches!(self.derivation.equation(id).symbol, Symbol::Gradient(by) if self.parameters.contains(&by))
    }

    /// A table of the matrix products inside equations.
    fn sizes(&self, section: &mut Section, ids: &[EquationId], parts: &[&str; 3]) {
        let mut rows: Vec<Vec<Text>> = Vec::new();
        for id in ids.iter().take(ITEMS) {
            let expression = Expression::of_equation(self.derivation, *id);
            let inner = match expression.root() {
                Some(Node::Batch(_, inner)) => (**inner).clone(),
                _ => expression,
            };
            for (index, node) in inner.nodes().iter().enumerate() {
                let Node::Array(op, operands) = node else { continue };
                let [a, b] = operands.as_slice() else { continue };
                let Some(sizes) = self.product_sizes(*op, &inner, [*a, *b]) else { continue };
                let product = Side::symbols(inner.clone().ending_at(Some(NodeId::new(index))));
                let mut row = vec![vec![Inline::Math(self.symbol(*id))], vec![Inline::Math(product)]];
                row.extend(sizes.map(plain));
                rows.push(row);
            }
        }
        rows.truncate(ITEMS);
        if rows.is_empty() {
            return;
        }
        section.say("The matrices of each product, with their sizes:");
        let [first, second, result] = parts.map(|part| (part, false));
        let together = ("Together", false);
        section.table(&[("For", false), ("Product", false), first, second, result, together], rows);
    }

    /// `50 × 1024 · 1024 × 20 = 50 × 20`
    fn product_sizes(
        &self,
        op: ArrayOp,
        expression: &Expression,
        [a, b]: [NodeId; 2],
    ) -> Option<[String; 4]> {
        let size = |id| self.size(expression, id);
        let ((a_rows, a_columns), (b_rows, b_columns)) = (size(a), size(b));
        let [left, right] = match op {
            ArrayOp::Product => [(a_rows, a_columns), (b_rows, b_columns)],
            ArrayOp::ProductTransposed => [(a_rows, a_columns), (b_columns, b_rows)],
            ArrayOp::TransposedProduct => [(a_columns, a_rows), (b_rows, b_columns)],
            _ => return None,
        };
        let text = |(rows, columns): (usize, usize)| format!("{rows} × {columns}");
        let [first, second, result] = [left, right, (left.0, right.1)].map(text);
        let together = format!("{first} · {second} = {result}");
        Some([first, second, result, together])
    }

    /// Rows and columns of a value for the whole batch.
    fn size(&self, expression: &Expression, id: NodeId) -> (usize, usize) {
        let sample = match expression.node(id) {
            Some(Node::Quantity(Quantity::Equation(id))) => self.derivation.equation(*id).per == Per::Sample,
            _ => true,
        };
        let rows = if sample { self.batch() } else { 1 };
        match expression.shape_of(id) {
            Shape::Scalar => (rows, 1),
            Shape::Vector(n) => (rows, n),
            Shape::Matrix(rows, columns) => (rows, columns),
        }
    }
}
