//! The derivation as Rust: a module with the network's types and the code of each entry point.
//! Concrete arrays, no heap, no `unsafe`; what runs is printed from the equations alone.

mod block;
mod bodies;
mod descent;
mod elementwise;
mod fingerprint;
mod formula;
mod heap;
mod ide_hints;
mod in_one;
mod names;
mod routine;
mod run;
mod start;
mod step;
mod stub;
mod surface;
mod unrolled;
mod weights;

use mlp_dsl::{
    ir::{
        Derivation, Parameter,
        array::Op,
        equation::{EquationId, Symbol},
    },
    number::Arithmetic,
    plan::{self, Plan},
    shape::Shape,
    span::Span,
};
use proc_macro2::TokenStream;
use quote::quote;

use bodies::Planned;
use formula::Printer;
use names::{Names, TypeNames, identifier};
use surface::{Surface, Trait};

pub use names::Spans;
pub use stub::stub;
pub use weights::weight_file;

/// Networks up to this many bytes, parameters, gradients and workspace together, have methods
/// that return them by value; larger ones only those that write in place.
pub const BY_VALUE_BYTES: usize = 256 * 1024;

/// How the code is to be printed.
#[derive(Default)]
pub struct Options<'s> {
    /// The path of the runtime from the crate's root, `::mlp::__private` when not given.
    pub runtime: Option<TokenStream>,
    /// One file without dependencies: the runtime is a module `runtime` beside the network.
    pub standalone: bool,
    /// The spans in the user's source of parts of the specification.
    pub spans: Option<Spans<'s>>,
    /// The specification's names, for hints to editors.
    pub hints: Option<&'s mlp_dsl::names::Names>,
    /// The bytes of the file of weights, as an expression; where it is not given, the file is included by the
    /// path that the specification has.
    pub weights: Option<TokenStream>,
}

/// The code of a network.
pub fn emit(derivation: &Derivation, options: &Options<'_>) -> TokenStream {
    let plan = plan::plan(derivation);
    let no_spans = |_: Span| proc_macro2::Span::call_site();
    let spans: Spans<'_> = options.spans.unwrap_or(&no_spans);
    let runtime = match (&options.runtime, options.standalone) {
        (Some(path), _) => path.clone(),
        (None, true) => quote!(super::runtime),
        (None, false) => quote!(::mlp::__private),
    };
    let inner_runtime = if options.standalone { quote!(super::super::runtime) } else { runtime.clone() };
    let context = Context {
        derivation,
        functions_need_machine: functions_need_machine(derivation),
        plan: &plan,
        names: Names::new(derivation),
        types: TypeNames::new(&derivation.header.name, spans(derivation.header.name_span)),
        runtime,
        inner_runtime,
        spans,
        hints: options.hints,
        weight_bytes: options.weights.as_ref(),
        standalone: options.standalone,
    };
    context.module()
}

/// What all parts of the code are printed from.
struct Context<'c> {
    derivation: &'c Derivation,
    /// Whether functions are told the machine: what they fuse, or the root they take, is its own.
    functions_need_machine: bool,
    plan: &'c Plan,
    names: Names,
    types: TypeNames,
    runtime: TokenStream,
    inner_runtime: TokenStream,
    spans: Spans<'c>,
    hints: Option<&'c mlp_dsl::names::Names>,
    weight_bytes: Option<&'c TokenStream>,
    standalone: bool,
}

impl Context<'_> {
    fn module(&self) -> TokenStream {
        let (surface, bodies) = (Surface::derived(self), Planned(self));
        let printer = surface::print::Printer { surface: &surface, runtime: &self.runtime, bodies: &bodies };
        let (types, interface) = (printer.types(), printer.interface());
        let traits = [Trait::Network, Trait::Differentiable, Trait::Trainable];
        let [network, differentiable, trainable] = traits.map(|of| printer.implementation(of));
        let weights = weights::included(self);
        let (accumulated, in_one) = (self.accumulated_samples(), self.parts_of_training());
        let functions = self.functions();
        // The runtime of a file without dependencies has no heap.
        let boxed = (!self.standalone).then(|| heap::boxed(&printer));
        let hints = self.hints.map(|names| ide_hints::hints(self, &printer, names));
        printer.module(
            &allowed_lints(),
            &quote! {
                #weights
                #types
                #interface
                #network
                #accumulated
                #in_one
                #differentiable
                #trainable
                #functions
                #boxed
                #hints
            },
        )
    }

    /// The specification's functions and constants that equations use.
    fn functions(&self) -> TokenStream {
        let used = used_functions(self.derivation);
        let (nothing, real) = (TokenStream::new(), self.real());
        let (own, constants_at) = (quote!(self), quote!(super::constants));
        let functions = used.iter().filter_map(|index| {
            let function = self.derivation.header.functions.get(*index)?;
            let printer = Printer {
                functions_at: &own,
                constants_at: &constants_at,
                runtime: &self.inner_runtime,
                ..self.printer(&nothing, &nothing)
            };
            let name = identifier(&function.name, proc_macro2::Span::call_site());
            let parameters = names::parameters(&function.parameters);
            let leaf = |leaf: u32| parameters.get(leaf as usize).map_or(quote!(0.0), |p| quote!(#p));
            let (statements, value) = printer.formula(&function.body, &leaf);
            let docs = function.docs.iter();
            let runtime = &self.inner_runtime;
            let (generic, machine) = if self.functions_need_machine {
                (quote!(<__I: #runtime::Isa>), quote!(__isa: __I,))
            } else {
                Default::default()
            };
            Some(quote! {
                #(#[doc = #docs])*
                #[inline(always)]
                pub(super) fn #name #generic(#machine #(#parameters: #real),*) -> #real { #statements #value }
            })
        });
        let functions = (!used.is_empty()).then(|| quote!(mod functions { #(#functions)* }));
        let precision = self.derivation.header.precision;
        let constants = self.derivation.header.constants.iter().map(|(name, value)| {
            let name = identifier(name, proc_macro2::Span::call_site());
            let value = formula::literal(*value, precision);
            quote!(pub(super) const #name: #real = #value;)
        });
        let constants =
            (!self.derivation.header.constants.is_empty()).then(|| quote!(mod constants { #(#constants)* }));
        quote!(#constants #functions)
    }

    fn printer<'p>(&'p self, functions_at: &'p TokenStream, constants_at: &'p TokenStream) -> Printer<'p> {
        Printer {
            precision: self.derivation.header.precision,
            arithmetic: self.derivation.header.arithmetic,
            runtime: &self.runtime,
            functions_at,
            functions: &self.derivation.header.functions,
            constants: &self.derivation.header.constants,
            constants_at,
            machine: self.functions_need_machine,
            term_prefix: names::TERM,
        }
    }

    fn real(&self) -> TokenStream {
        self.derivation.header.precision.rust().parse().unwrap_or_default()
    }

    /// The type of a value of this shape.
    fn array(&self, shape: Shape) -> TokenStream {
        let real = self.real();
        match shape {
            Shape::Scalar => real,
            Shape::Vector(n) => {
                let n = size(n);
                quote!([#real; #n])
            }
            Shape::Matrix(rows, columns) => {
                let (rows, columns) = (size(rows), size(columns));
                quote!([[#real; #columns]; #rows])
            }
        }
    }

    /// The span of an equation's name; a name made from another one has none.
    fn span_of(&self, id: EquationId) -> proc_macro2::Span {
        let equation = self.derivation.equation(id);
        if matches!(equation.symbol, Symbol::Named(_)) {
            (self.spans)(equation.span)
        } else {
            proc_macro2::Span::call_site()
        }
    }

    pub(crate) fn shape(&self, parameter: &Parameter) -> Shape {
        self.derivation.shape(parameter.equation)
    }

    /// The field of a parameter: in the network and in the gradients.
    fn field(&self, id: EquationId) -> proc_macro2::Ident {
        identifier(&self.derivation.name_of(id), self.span_of(id))
    }

    fn input_count(&self) -> usize {
        self.derivation.inputs.iter().map(|data| data.shape.count()).sum()
    }

    fn output_count(&self) -> usize {
        self.derivation.output().map_or(0, |layer| layer.shape.count())
    }

    fn target_count(&self) -> usize {
        self.derivation.target.as_ref().map_or(0, |data| data.shape.count())
    }

    fn parameter_bytes(&self) -> usize {
        self.derivation.parameter_count() * self.derivation.header.precision.bytes()
    }

    /// Bytes of the rule's settings, of the number of the step and of the state.
    fn optimizer_bytes(&self) -> usize {
        let Some(training) = &self.derivation.training else { return 0 };
        let states = self.derivation.parameters.iter().flat_map(mlp_dsl::ir::Parameter::state);
        let numbers: usize = states.map(|state| self.derivation.shape(state.equation).count()).sum();
        let settings = training.settings.iter().filter(|id| self.is_field(**id)).count();
        let step = if training.step.is_some() { 8 } else { 0 };
        (numbers + settings) * self.derivation.header.precision.bytes() + step
    }

    /// Whether a setting is a number that the optimizer holds, and no schedule.
    fn is_field(&self, setting: EquationId) -> bool {
        matches!(self.derivation.equation(setting).op, Op::Setting(_))
    }

    /// The type of a sample's target.
    fn target(&self) -> TokenStream {
        let (count, runtime) = (self.target_count(), &self.runtime);
        if self.derivation.target.as_ref().is_some_and(|target| target.class) {
            let count = size(count);
            return quote!(#runtime::Class<#count>);
        }
        self.array(Shape::Vector(count))
    }

    fn workspace_bytes(&self) -> usize {
        self.plan.workspace_bytes(self.derivation)
    }

    /// Whether the network is small enough to be handed around by value.
    fn by_value(&self) -> bool {
        2 * self.parameter_bytes() + self.workspace_bytes() + self.optimizer_bytes() <= BY_VALUE_BYTES
    }
}

/// The lints that generated code does not follow.
fn allowed_lints() -> TokenStream {
    quote! {
        non_snake_case, non_camel_case_types, non_upper_case_globals,
        unused, unexpected_cfgs,
        clippy::approx_constant, clippy::excessive_precision, clippy::many_single_char_names,
        clippy::similar_names, clippy::too_many_arguments, clippy::type_complexity,
        clippy::too_many_lines, clippy::unreadable_literal, clippy::large_types_passed_by_value,
        clippy::suboptimal_flops, clippy::suspicious_operation_groupings, clippy::neg_multiply,
        clippy::assign_op_pattern, clippy::eq_op, clippy::identity_op, clippy::erasing_op, clippy::zero_divided_by_zero, clippy::let_and_return,
        clippy::large_stack_arrays,
        clippy::manual_range_contains, clippy::if_same_then_else, clippy::just_underscores_and_digits,
        clippy::disallowed_names, clippy::new_without_default, clippy::needless_range_loop,
        clippy::cast_precision_loss
    }
}

fn size(n: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(n)
}

/// Functions called by an equation, directly or through another, in order of declaration.
fn used_functions(derivation: &Derivation) -> Vec<usize> {
    use mlp_dsl::formula::Term;
    let mut used = std::collections::BTreeSet::new();
    let mut add = |formula: &mlp_dsl::formula::Formula| {
        for term in formula.terms() {
            if let Term::Apply(id, _) = term {
                used.insert(id.0 as usize);
            }
        }
    };
    for equation in &derivation.equations {
        if let Op::Pointwise(formula) = &equation.op {
            add(formula);
        }
    }
    // A function calls earlier ones only: one walk from the last to the first finds all.
    for (index, function) in derivation.header.functions.iter().enumerate().rev() {
        if used.contains(&index) {
            for term in function.body.terms() {
                if let Term::Apply(id, _) = term {
                    used.insert(id.0 as usize);
                }
            }
        }
    }
    used.into_iter().collect()
}

/// Whether functions of the specification compute something that machines do in their own way.
fn functions_need_machine(derivation: &Derivation) -> bool {
    use mlp_dsl::formula::{Term, scalar::Unary};
    let root = |term: &Term| matches!(term, Term::Unary(Unary::Sqrt, _));
    let used = used_functions(derivation);
    let mut bodies = used.iter().filter_map(|index| Some(&derivation.header.functions.get(*index)?.body));
    derivation.header.arithmetic == Arithmetic::Fused || bodies.any(|body| body.terms().iter().any(root))
}
