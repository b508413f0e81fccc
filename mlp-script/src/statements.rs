//! One equation as a statement.

use mlp_dsl::{
    formula::{ConstantId, Formula, FunctionId, scalar::Binary},
    ir::{
        array::Op,
        equation::{EquationId, Symbol},
    },
    shape::Shape,
};

use crate::{
    Language,
    formula::{Words, has_parts, write},
    helpers::Helper,
    page::Page,
    program::Program,
    text::{APART, BREAK, Level, Text},
};

/// The words of an equation's formula; a list is read at the place that is computed.
struct Leaves<'p, 'd> {
    program: &'p Program<'d>,
    /// Whether lists are read at a place, and not as they are.
    placed: bool,
}

impl Words for Leaves<'_, '_> {
    fn leaf(&self, leaf: u32) -> String {
        let id = EquationId(leaf);
        let name = self.program.names.value(id);
        if self.placed {
            format!("{name}{}", self.program.place(self.program.equation(id).shape))
        } else {
            name
        }
    }
    fn constant(&self, id: ConstantId) -> String {
        self.program.names.constant(id.0 as usize)
    }
    fn function(&self, id: FunctionId) -> String {
        self.program.names.function(id)
    }
    fn helper(&self, helper: Helper) -> String {
        self.program.helper_name(helper)
    }
    fn guarded(&self, op: Binary) -> bool {
        self.program.guarded(op)
    }
}

impl Program<'_> {
    /// Where an element is read: `[i]`.
    pub(crate) fn place(&self, shape: Shape) -> String {
        let [row, column] = &self.names.places;
        match shape {
            Shape::Scalar => String::new(),
            Shape::Vector(_) => format!("[{row}]"),
            Shape::Matrix(..) => format!("[{row}][{column}]"),
        }
    }

    /// A list whose elements are this text, at the place of [`Program::place`].
    pub(crate) fn each(&self, shape: Shape, element: &Text) -> Text {
        let [row, column] = &self.names.places;
        match (shape, self.language) {
            (Shape::Scalar, _) => element.clone(),
            (Shape::Vector(n), Language::Python) => {
                Text::atom(format!("[{}{APART}for {row} in range({n})]", element.text))
            }
            (Shape::Matrix(n, m), Language::Python) => {
                let inner = format!("[{}{APART}for {column} in range({m})]", element.text);
                Text::atom(format!("[{inner}{APART}for {row} in range({n})]"))
            }
            (Shape::Vector(n), Language::JavaScript) => {
                let vector = self.helper_name(Helper::Vector);
                Text::atom(format!("{vector}({n}, ({row}) =>{APART}{})", element.text))
            }
            (Shape::Matrix(n, m), Language::JavaScript) => {
                let matrix = self.helper_name(Helper::Matrix);
                Text::atom(format!("{matrix}({n}, {m}, ({row}, {column}) =>{APART}{})", element.text))
            }
        }
    }

    /// An equation: a comment with its formula, and its statement.
    pub(crate) fn statement(&self, page: &mut Page, id: EquationId) {
        page.blank();
        // A step inside a formula is written out where the formula is.
        if !matches!(self.equation(id).symbol, Symbol::Step(_)) {
            page.formula(&self.mathematics().equation(id));
        }
        let equation = self.equation(id);
        if let Op::BatchSum(_) = equation.op {
            return; // the loop over the samples has added it up
        }
        let value = match equation.formula() {
            Some(formula) => self.formula(page, id, formula),
            None => self.operation(&equation.op, equation.shape),
        };
        page.define(&self.names.value(id), &value);
    }

    /// A formula, with the statements that it needs before it.
    fn formula(&self, page: &mut Page, id: EquationId, formula: &Formula) -> Text {
        let shape = self.equation(id).shape;
        let same = formula.as_leaf().map(EquationId).filter(|leaf| self.equation(*leaf).shape == shape);
        if let Some(leaf) = same {
            return Text::atom(self.names.value(leaf));
        }
        if shape != Shape::Scalar && has_parts(formula) {
            return self.own_function(page, id, formula);
        }
        let words = Leaves { program: self, placed: true };
        let mut name = || self.names.part();
        let written = write(formula, self.spelling(), &words, &mut name);
        for (name, part) in &written.parts {
            page.define(name, &Text::atom(part.clone()));
        }
        self.each(shape, &written.value())
    }

    /// A formula of lists whose parts have names: a function of one element.
    fn own_function(&self, page: &mut Page, id: EquationId, formula: &Formula) -> Text {
        let leaves: Vec<EquationId> = formula.leaves().into_iter().map(EquationId).collect();
        let parameters: Vec<String> = leaves.iter().map(|leaf| self.names.value(*leaf)).collect();
        let name = self.names.own(&format!("{}_of", self.names.value(id)));
        let words = Leaves { program: self, placed: false };
        let mut inside = self.names.inside();
        for parameter in &parameters {
            inside.own(parameter);
        }
        let mut count = 0;
        let mut part = || {
            count += 1;
            inside.own(&format!("u{count}"))
        };
        let written = write(formula, self.spelling(), &words, &mut part);
        page.function(&name, &parameters, false);
        for (name, part) in &written.parts {
            page.define(name, &Text::atom(part.clone()));
        }
        page.give(&written.value());
        page.close();
        page.blank();
        let arguments = leaves
            .iter()
            .map(|leaf| format!("{}{}", self.names.value(*leaf), self.place(self.equation(*leaf).shape)));
        let arguments: Vec<String> = arguments.collect();
        let separator = format!(",{BREAK}");
        self.each(self.equation(id).shape, &Text::atom(format!("{name}({})", arguments.join(&separator))))
    }

    /// An operation on whole lists.
    fn operation(&self, op: &Op, shape: Shape) -> Text {
        let name = |id: &EquationId| self.names.value(*id);
        let call = |helper: Helper, ids: &[EquationId]| {
            let arguments: Vec<String> = ids.iter().map(|id| self.names.value(*id)).collect();
            Text::atom(format!("{}({})", self.helper_name(helper), arguments.join(", ")))
        };
        match op {
            Op::Given => Text::atom(""),
            Op::Setting(value) => self.spelling().number(*value, false),
            Op::Pointwise(_) => {
                mlp_dsl::never!("a formula is no operation on whole lists");
                Text::atom("")
            }
            Op::Stack(elements) => bracketed(elements.iter().map(name).collect()),
            Op::Concat(parts) => bracketed(parts.iter().map(|part| self.part_of_list(*part)).collect()),
            Op::Index(x, place) => Text::atom(format!("{}[{place}]", name(x))),
            Op::Slice(x, start) => {
                let end = start + shape.count();
                Text::atom(match self.language {
                    Language::Python => format!("{}[{start}:{end}]", name(x)),
                    Language::JavaScript => format!("{}.slice({start}, {end})", name(x)),
                })
            }
            Op::Transpose(x) => call(Helper::Transpose, &[*x]),
            Op::VectorMatrix(x, w) => call(Helper::VectorTimesMatrix, &[*x, *w]),
            Op::MatrixVector(w, x) => call(Helper::MatrixTimesVector, &[*w, *x]),
            Op::Outer(a, b) => call(Helper::Outer, &[*a, *b]),
            Op::Dot(a, b) => call(Helper::Dot, &[*a, *b]),
            Op::Sum(x) => self.of_all(Helper::Total, *x),
            Op::Softmax(z) => call(Helper::Softmax, &[*z]),
            Op::LogSoftmax(z) => call(Helper::LogSoftmax, &[*z]),
            Op::SoftmaxCrossEntropy(z, t) => call(Helper::SoftmaxCrossEntropy, &[*z, *t]),
            Op::SumSquares(x) if self.equation(*x).shape == Shape::Scalar => call(Helper::Square, &[*x]),
            Op::SumSquares(x) => self.of_all(Helper::SumOfSquares, *x),
            Op::BatchMean(x) => {
                let sum = format!("{}{}", self.names.sum(*x), self.place(shape));
                let mean = Text::of(Level::Product, format!("{sum} / {}", self.samples));
                self.each(shape, &mean)
            }
            Op::BatchSum(x) => Text::atom(self.names.sum(*x)),
            Op::BatchWeightedMean(x, weight) => {
                let of = |id: EquationId| {
                    if self.samples == 1 { self.names.value(id) } else { self.names.sum(id) }
                };
                let mean = format!("{}{} / {}", of(*x), self.place(shape), of(*weight));
                self.each(shape, &Text::of(Level::Product, mean))
            }
        }
    }

    /// A sum over all elements, row after row.
    fn of_all(&self, helper: Helper, x: EquationId) -> Text {
        let (helper, name) = (self.helper_name(helper), self.names.value(x));
        let is_matrix = matches!(self.equation(x).shape, Shape::Matrix(..));
        Text::atom(match (is_matrix, self.language) {
            (false, _) => format!("{helper}({name})"),
            (true, Language::Python) => format!("{helper}({}({name}))", self.helper_name(Helper::Flat)),
            (true, Language::JavaScript) => format!("{helper}({name}.flat())"),
        })
    }

    fn part_of_list(&self, part: EquationId) -> String {
        let name = self.names.value(part);
        match (self.equation(part).shape, self.language) {
            (Shape::Scalar, _) => name,
            (Shape::Vector(_) | Shape::Matrix(..), Language::Python) => format!("*{name}"),
            (Shape::Vector(_) | Shape::Matrix(..), Language::JavaScript) => format!("...{name}"),
        }
    }

    /// Prints a value by its name.
    pub(crate) fn print(&self, page: &mut Page, id: EquationId) {
        if !self.is_printed(id) {
            return;
        }
        let (label, name) = (self.names.label(id), self.names.value(id));
        match self.language {
            Language::Python => page.line(&format!("print(\"{label}:\", {name})")),
            Language::JavaScript => {
                let shown = self.names.helper(Helper::Shown);
                page.line(&format!("console.log(\"{label}: \" + {shown}({name}));"));
            }
        }
    }

    /// Whether a value is printed: not what is given, local derivatives and steps of a formula.
    pub(crate) fn is_printed(&self, id: EquationId) -> bool {
        let equation = self.equation(id);
        let of_step = |of: EquationId| matches!(self.equation(of).symbol, Symbol::Step(_));
        let unnamed = match &equation.symbol {
            Symbol::Partial { .. } | Symbol::Step(_) => true,
            Symbol::Gradient(of) | Symbol::PenaltyGradient(of) | Symbol::Pulled(of) => of_step(*of),
            Symbol::Named(_)
            | Symbol::Local(_)
            | Symbol::Net(_)
            | Symbol::Component(_)
            | Symbol::Loss
            | Symbol::BatchLoss(_)
            | Symbol::Penalty
            | Symbol::PenaltyPart(_)
            | Symbol::Objective
            | Symbol::BatchGradient(..)
            | Symbol::ObjectiveGradient(_)
            | Symbol::BatchPulled(_)
            | Symbol::Setting(_)
            | Symbol::StepNumber
            | Symbol::State { .. }
            | Symbol::GradientNorm
            | Symbol::ClipFactor
            | Symbol::Updated(_) => false,
        };
        !unnamed && !matches!(equation.op, Op::Given | Op::Setting(_))
    }
}

fn bracketed(items: Vec<String>) -> Text {
    let separator = format!(",{BREAK}");
    Text::atom(format!("[{}]", items.join(&separator)))
}
