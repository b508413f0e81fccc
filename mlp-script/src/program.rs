//! The whole listing: what comes first and what comes last.

use std::{cell::RefCell, collections::BTreeSet};

use mlp_dsl::{
    formula::{ConstantId, FunctionId, Term, scalar::Binary},
    ir::{
        Derivation,
        array::Op,
        equation::{Equation, EquationId, Per},
    },
    number::{Arithmetic, Precision},
    shape::Shape,
    visible,
};
use mlp_eval::Point;

use crate::{
    Language,
    helpers::{Guards, Helper, Source, fill},
    mathematics::Mathematics,
    names::Names,
    page::Page,
    spelling::Spelling,
    watched,
};

/// A network that is being written.
pub(crate) struct Program<'d> {
    pub(crate) derivation: &'d Derivation,
    pub(crate) language: Language,
    pub(crate) point: &'d Point,
    pub(crate) names: Names,
    /// Samples of the step.
    pub(crate) samples: usize,
    /// Whether some parameter is a list: then the passes are functions.
    pub(crate) layers: bool,
    pub(crate) guards: Guards,
    pub(crate) called: Vec<FunctionId>,
    used: RefCell<BTreeSet<Helper>>,
}

impl<'d> Program<'d> {
    pub(crate) fn new(derivation: &'d Derivation, language: Language, point: &'d Point) -> Self {
        let called = derivation.called_functions();
        let mut names = Names::new(derivation, language, &called);
        let samples = point.samples().max(1);
        for (id, equation) in derivation.numbered() {
            if let Op::BatchMean(of) | Op::BatchSum(of) = &equation.op {
                // Of one sample the sum and the mean are its own value.
                if samples == 1 {
                    names.alias(id, *of);
                } else {
                    let own = matches!(equation.op, Op::BatchSum(_)).then_some(id);
                    names.name_sum(*of, own);
                }
            }
            if let (Op::BatchWeightedMean(of, weight), true) = (&equation.op, samples > 1) {
                names.name_sum(*of, None);
                names.name_sum(*weight, None);
            }
        }
        let guards = match language {
            Language::Python => watched::guards(derivation, point),
            Language::JavaScript => Guards::default(),
        };
        Program {
            derivation,
            language,
            point,
            names,
            samples,
            layers: derivation.parameters.iter().any(|p| derivation.shape(p.equation) != Shape::Scalar),
            guards,
            called,
            used: RefCell::new(BTreeSet::new()),
        }
    }

    /// The listing.
    pub(crate) fn text(self, generator: &str) -> String {
        let mut functions = Page::new(self.language);
        self.functions(&mut functions);
        let mut body = Page::new(self.language);
        self.givens(&mut body);
        self.passes(&mut body);
        let mut helpers = Page::new(self.language);
        let imports = self.helpers(&mut helpers);
        let mut page = Page::new(self.language);
        self.header(&mut page, generator);
        for import in imports {
            page.line(&import);
        }
        match self.language {
            Language::Python => {
                [functions, helpers, body].into_iter().for_each(|part| page.append(part));
            }
            Language::JavaScript => {
                [functions, body, helpers].into_iter().for_each(|part| page.append(part));
            }
        }
        page.text()
    }

    /// What the program is; the first two lines have no text of the specification but a name, for Python reads them as the
    /// name of an encoding.
    fn header(&self, page: &mut Page, generator: &str) {
        let header = &self.derivation.header;
        let what = match (self.derivation.training.is_some(), self.samples) {
            (false, _) => "computed step by step",
            (true, 1) => "one training step",
            (true, _) => "one training step with a batch of samples",
        };
        page.prose(&format!("Network {}, {what}", header.name));
        page.comment("");
        if let Some(title) = &header.document.title {
            page.prose(&visible::on_one_line(title));
            page.comment("");
        }
        if !header.docs.is_empty() {
            self.documentation(page, &header.docs);
            page.comment("");
        }
        let run = match self.language {
            Language::Python => "Run it with python3; it needs the standard library alone.",
            Language::JavaScript => "Run it with node, as a file that ends with .mjs; it needs nothing else.",
        };
        page.prose(&format!("Written by {generator} from the equations of the worked derivation. {run}"));
        let mut notes = "All numbers are in double precision.".to_owned();
        if header.precision == Precision::F32 {
            notes =
                "All numbers are in double precision; the network itself has single precision.".to_owned();
        }
        if header.arithmetic == Arithmetic::Fused {
            notes.push_str(
                " Each product and each sum is rounded by itself; the network rounds both at once.",
            );
        }
        page.prose(&notes);
        page.blank();
    }

    /// Documentation of the specification, which cannot leave the comment.
    pub(crate) fn documentation(&self, page: &mut Page, docs: &[String]) {
        let lines: Vec<&str> = docs.iter().flat_map(|docs| docs.lines()).map(str::trim).collect();
        for (index, lines) in lines.split(|line| line.is_empty()).enumerate() {
            if lines.is_empty() {
                continue;
            }
            if index > 0 {
                page.comment("");
            }
            page.prose(&visible::on_one_line(&lines.join(" ")));
        }
    }

    /// The helpers that were used; gives the lines that import.
    fn helpers(&self, page: &mut Page) -> Vec<String> {
        let mut used = self.used.borrow().clone();
        if self.language == Language::JavaScript {
            used.insert(Helper::Shown);
        }
        let mut waiting: Vec<Helper> = used.iter().copied().collect();
        while let Some(helper) = waiting.pop() {
            let own = helper.uses().iter().copied();
            waiting.extend(own.filter(|callee| used.insert(*callee)));
        }
        let (mut imported, mut module) = (Vec::new(), false);
        let mut written = Vec::new();
        for helper in used {
            match helper.source(self.language, self.guards) {
                Source::Own(name) => imported.push(name),
                Source::Written(about, text) => {
                    module |= text.contains("math.");
                    written.push((about, text));
                }
            }
        }
        if !written.is_empty() && self.language == Language::JavaScript {
            page.heading("Helpers");
        }
        for (about, template) in written {
            page.gap();
            page.comment(about);
            let named = |word: &str| {
                let helper = Helper::ALL.iter().find(|helper| helper.name(self.language) == word)?;
                Some(self.names.helper(*helper))
            };
            for line in fill(template, named).lines() {
                page.line(line);
            }
        }
        let mut imports = Vec::new();
        if self.language == Language::Python {
            imports.extend(module.then(|| "import math".to_owned()));
            imports
                .extend((!imported.is_empty()).then(|| format!("from math import {}", imported.join(", "))));
        }
        imports
    }

    /// Uses a helper.
    pub(crate) fn helper_name(&self, helper: Helper) -> String {
        self.used.borrow_mut().insert(helper);
        self.names.helper(helper)
    }

    /// How formulas are spelled.
    pub(crate) fn spelling(&self) -> Spelling {
        match self.language {
            Language::Python => Spelling::Python,
            Language::JavaScript => Spelling::JavaScript,
        }
    }

    /// What comments are written with.
    pub(crate) fn mathematics(&self) -> Mathematics<'d> {
        Mathematics { derivation: self.derivation, samples: self.samples }
    }

    /// Whether a division, or a power, is a call here.
    pub(crate) fn guarded(&self, op: Binary) -> bool {
        match op {
            Binary::Divide => self.guards.divide,
            Binary::Power => self.guards.power,
            Binary::Add | Binary::Subtract | Binary::Multiply => false,
        }
    }

    /// An equation.
    pub(crate) fn equation(&self, id: EquationId) -> &'d Equation {
        self.derivation.equation(id)
    }

    /// Whether each sample has a value of its own.
    pub(crate) fn is_of_sample(&self, id: EquationId) -> bool {
        self.equation(id).per == Per::Sample
    }

    /// Whether a formula of the listing uses a constant.
    pub(crate) fn uses_constant(&self, id: ConstantId) -> bool {
        let uses = |term: &Term| matches!(term, Term::Constant(own, _) if *own == id);
        let functions =
            self.called.iter().filter_map(|id| self.derivation.header.functions.get(id.0 as usize));
        let formulas = self.derivation.equations.iter().filter_map(Equation::formula);
        formulas
            .chain(functions.map(|function| &function.body))
            .any(|formula| formula.terms().iter().any(uses))
    }
}
