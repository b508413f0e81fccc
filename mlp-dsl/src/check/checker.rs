//! The state of checking a network: declarations so far, and the place of the formula being checked.

use std::collections::HashMap;

use super::{data, declared_names, expression, function::Functions, rules::Rules, scope::Scope};

use crate::{
    diagnostic::Diagnostics,
    lint::Allowed,
    model::{self, Data, FrontMatter, Layer, Typed},
    number::Arithmetic,
    run::Run,
    shape::Shape,
    span::Span,
    syntax::ast::{self, Ast, Name},
};

/// The context of the current formula.
#[derive(Clone, Default)]
pub(super) enum Place {
    /// In a loss, or outside any statement.
    #[default]
    Elsewhere,
    /// In a layer of this name.
    Layer(Name),
    /// In a penalty, which can use only parameters.
    Penalty,
    /// In the weight of a sample, which can use only what is given with its targets.
    Weight,
    /// In a setting of the update rule: a number or a schedule.
    Setting,
}

pub(super) struct Checker<'a> {
    pub(super) found: &'a mut Diagnostics,
    pub(super) scope: Scope,
    pub(super) functions: Functions,
    pub(super) rules: Rules,
    pub(super) constants: Vec<(String, f64)>,
    pub(super) inputs: Vec<Data>,
    pub(super) targets: Vec<Data>,
    /// The number of elements of all inputs and targets so far.
    pub(super) data_length: u64,
    pub(super) parameters: Vec<model::Parameter>,
    pub(super) parameter_count: u64,
    /// For each parameter, whether it has no start value: then the activation after it determines one.
    pub(super) undrawn: Vec<bool>,
    pub(super) weight_file: Option<ast::WeightFile>,
    /// The tensors that `expect` reads, with the paths of their files.
    pub(super) expected_tensors: Vec<(String, String)>,
    pub(super) layers: Vec<Layer>,
    pub(super) layer_count: usize,
    pub(super) neuron_count: usize,
    /// The layers that `output` names, and the place of the statement.
    pub(super) heads: Option<(Vec<usize>, Span)>,
    pub(super) loss: Option<Typed>,
    pub(super) weight: Option<Typed>,
    /// The places of statements of which a network has at most one.
    pub(super) first: HashMap<&'static str, Span>,
    /// Whether a second one, or a second network, was not read: it may use names that seem unused.
    pub(super) skipped: bool,
    pub(super) penalties: Vec<Typed>,
    pub(super) training: Option<model::Training>,
    pub(super) train_span: Option<Span>,
    pub(super) data: Option<data::Declared>,
    /// The table, until all inputs and targets are known.
    pub(super) table: Option<ast::DataFile>,
    pub(super) run: Run,
    pub(super) unroll: Option<bool>,
    pub(super) unroll_span: Option<Span>,
    pub(super) arithmetic: Option<Arithmetic>,
    pub(super) to_inputs: bool,
    pub(super) allowed: Vec<Allowed>,
    pub(super) document: FrontMatter,
    pub(super) seed: u64,
    /// The batch that is declared for the network, and its place.
    pub(super) batch: Option<(usize, Span)>,
    /// The place of the batch that `train` declares.
    pub(super) train_batch: Option<Span>,
    pub(super) single: bool,
    pub(super) place: Place,
    /// Whether the current layer freezes the parameters of its `dense`.
    pub(super) frozen_layer: bool,
    pub(super) dense_in_layer: usize,
    pub(super) normal_in_layer: usize,
    /// Whether the size of the current layer is wrong and already reported.
    pub(super) width_lost: bool,
    /// Whether the formula of the current layer has the wrong length and this is already reported.
    pub(super) contradicted: bool,
    /// Names that the compiler declares, with a description.
    pub(super) made: HashMap<String, String>,
    /// The arguments of the current function bodies, the innermost last.
    pub(super) arguments: Vec<Vec<(String, Shape)>>,
    /// The `let` names in scope, with their shapes and the number of enclosing function bodies.
    pub(super) bound: Vec<(String, Shape, usize)>,
    pub(super) inlining: expression::Inlining,
    /// Whether some text or formula could not be parsed: it may use names that seem unused.
    pub(super) incomplete: bool,
}

impl<'a> Checker<'a> {
    pub(super) fn new(ast: &'a Ast, network: &'a ast::Network, found: &'a mut Diagnostics) -> Self {
        let scope = Scope::new(declared_names(network), ast.lost_names.iter().cloned().collect());
        Checker {
            found,
            scope,
            functions: Functions::default(),
            rules: Rules::default(),
            constants: Vec::new(),
            inputs: Vec::new(),
            targets: Vec::new(),
            data_length: 0,
            parameters: Vec::new(),
            parameter_count: 0,
            undrawn: Vec::new(),
            weight_file: None,
            expected_tensors: Vec::new(),
            layers: Vec::new(),
            layer_count: 0,
            neuron_count: 0,
            heads: None,
            loss: None,
            weight: None,
            first: HashMap::new(),
            skipped: ast.networks.len() > 1,
            penalties: Vec::new(),
            training: None,
            train_span: None,
            data: None,
            table: None,
            run: Run::default(),
            unroll: None,
            unroll_span: None,
            arithmetic: None,
            to_inputs: false,
            allowed: Vec::new(),
            document: FrontMatter::default(),
            seed: 0,
            batch: None,
            train_batch: None,
            single: network.precision.as_ref().is_none_or(|p| p.text == "f32"),
            place: Place::default(),
            frozen_layer: false,
            dense_in_layer: 0,
            normal_in_layer: 0,
            width_lost: false,
            contradicted: false,
            made: HashMap::new(),
            arguments: Vec::new(),
            bound: Vec::new(),
            inlining: expression::Inlining::default(),
            incomplete: !ast.lost_names.is_empty(),
        }
    }
}
