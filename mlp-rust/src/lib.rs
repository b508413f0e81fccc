//! The derivation as Rust: a module with the network's types and the code of each entry point.
//! Concrete arrays, no heap, no `unsafe`; what runs is printed from the equations alone.

#![warn(clippy::wildcard_enum_match_arm)]

mod attributes;
mod bodies;
mod body;
mod expectations;
mod fingerprint;
mod heap;
mod ide_hints;
mod names;
mod runtime;
mod start;
mod stub;
mod surface;
mod targets;
mod weights;

use mlp_dsl::{
    Compilation,
    formula::FunctionId,
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
    never::OrNever,
    plan::Plan,
    shape::Shape,
    span::Span,
};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use bodies::Planned;
use body::formula::{self, Printer};
use names::{Names, TypeNames, identifier};
use surface::{Surface, Trait};

pub use attributes::UserTokens;
pub use names::Spans;
pub use runtime::runtime_path;
pub use stub::stub;
pub use weights::weight_file;

/// How the code is to be printed.
#[derive(Default)]
pub struct Options<'s> {
    /// The path of the runtime in the module of the generated code, `::mlp::__private` when not given; it may start with
    /// `super`.
    pub runtime: Option<TokenStream>,
    /// One file without dependencies: the runtime is a module `runtime` beside the network.
    pub standalone: bool,
    /// Whether the types are `pub` where the specification does not say: those of a file are for other modules.
    pub public: bool,
    /// The spans in the user's source of parts of the specification.
    pub spans: Option<Spans<'s>>,
    /// The user's tokens, where the specification has been tokens: attributes keep their places and their hygiene.
    pub tokens: Option<UserTokens<'s>>,
    /// The specification's names, for hints to editors.
    pub hints: Option<&'s mlp_dsl::names::Names>,
    /// The bytes of the file of weights, as an expression; where it is not given, the file is included by the
    /// path that the specification has.
    pub weights: Option<TokenStream>,
}

/// The code of a network.
pub fn emit(compiled: &Compilation, options: &Options<'_>) -> TokenStream {
    let (derivation, plan) = (compiled.executed(), &compiled.plan);
    let no_spans = |_: Span| proc_macro2::Span::call_site();
    let spans: Spans<'_> = options.spans.unwrap_or(&no_spans);
    let runtime = match (&options.runtime, options.standalone) {
        (Some(path), _) => path.clone(),
        (None, true) => quote!(super::runtime),
        (None, false) => quote!(::mlp::__private),
    };
    let inner_runtime = runtime::inner(&runtime);
    let no_tokens = |_: Span| None;
    let context = Context {
        derivation,
        declared: &compiled.derivation,
        plan,
        names: Names::new(derivation),
        types: TypeNames::new(&derivation.header.name, spans(derivation.header.name_span)),
        runtime,
        inner_runtime,
        spans,
        tokens: options.tokens.unwrap_or(&no_tokens),
        hints: options.hints,
        weight_bytes: options.weights.as_ref(),
        standalone: options.standalone,
        public: options.public,
    };
    context.module()
}

/// The hashes of a network, which its code has as `FINGERPRINT` and `LAYOUT_HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes {
    /// Of all that decides the results.
    pub fingerprint: u64,
    /// Of the layout of parameters and optimizer states.
    pub layout: u64,
}

/// The hashes of a network.
pub fn hashes(derivation: &Derivation) -> Hashes {
    Hashes { fingerprint: fingerprint::fingerprint(derivation), layout: fingerprint::layout(derivation) }
}

/// What all parts of the code are printed from.
struct Context<'c> {
    /// The equations that the plan computes.
    derivation: &'c Derivation,
    /// The equations without those back from the output: the fingerprint is of these.
    declared: &'c Derivation,
    plan: &'c Plan,
    names: Names,
    types: TypeNames,
    runtime: TokenStream,
    inner_runtime: TokenStream,
    spans: Spans<'c>,
    tokens: UserTokens<'c>,
    hints: Option<&'c mlp_dsl::names::Names>,
    weight_bytes: Option<&'c TokenStream>,
    standalone: bool,
    public: bool,
}

impl Context<'_> {
    fn module(&self) -> TokenStream {
        let (surface, bodies) = (Surface::derived(self), Planned(self));
        let printer = surface::print::Printer { surface: &surface, runtime: &self.runtime, bodies: &bodies };
        let (types, interface) = (printer.types(), printer.interface());
        let traits = [
            Trait::Tensors,
            Trait::Network,
            Trait::Differentiable,
            Trait::Trainable,
            Trait::InputDifferentiable,
            Trait::PullBack,
        ];
        let [tensors, network, differentiable, trainable, inputs, pull_back] =
            traits.map(|of| printer.implementation(of));
        let weights = weights::included(self);
        let (accumulated, inlined) = (self.accumulated_samples(), self.inlined());
        let functions = self.functions();
        let targets = targets::targets(&printer, false);
        // The runtime of a file without dependencies has no heap.
        let boxed = (!self.standalone).then(|| heap::boxed(&printer));
        let scratch = (!self.standalone).then(|| heap::scratch(&printer));
        let serde = (!self.standalone).then(|| heap::serde(&printer));
        let expectations = expectations::tests(self);
        let hints = self.hints.map(|names| ide_hints::hints(self, &printer, names));
        printer.module(
            &allowed_lints(),
            &quote! {
                #weights
                #types
                #interface
                #tensors
                #network
                #accumulated
                #inlined
                #targets
                #differentiable
                #trainable
                #inputs
                #pull_back
                #functions
                #boxed
                #scratch
                #serde
                #expectations
                #hints
            },
        )
    }

    /// The specification's functions and constants that equations use.
    fn functions(&self) -> TokenStream {
        let real = self.real();
        let functions = self.plan.functions.iter().map(|id| self.function(*id));
        let functions = (!self.plan.functions.is_empty()).then(|| quote!(mod functions { #(#functions)* }));
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

    fn function(&self, id: FunctionId) -> Option<TokenStream> {
        let function = self.derivation.header.functions.get(id.0 as usize)?;
        let runtime = &self.inner_runtime;
        let printer = Printer {
            functions_at: quote!(self),
            constants_at: quote!(super::constants),
            ..self.printer(runtime)
        };
        let (name, real) = (identifier(&function.name, proc_macro2::Span::call_site()), self.real());
        let parameters = names::parameters(&function.parameters);
        let leaf = |leaf: u32| {
            let name = parameters.get(leaf as usize).map(|name| quote!(#name));
            name.or_never("a function reads its parameters", TokenStream::new())
        };
        let (statements, value) = printer.formula(&function.body, &leaf);
        let docs = function.docs.iter();
        let (generic, isa) = if self.plan.functions_take_isa {
            (quote!(<__I: #runtime::Isa>), quote!(__isa: __I,))
        } else {
            Default::default()
        };
        Some(quote! {
            #(#[doc = #docs])*
            #[inline(always)]
            pub(super) fn #name #generic(#isa #(#parameters: #real),*) -> #real { #statements #value }
        })
    }

    /// What prints formulas in bodies.
    fn printer<'p>(&'p self, runtime: &'p TokenStream) -> Printer<'p> {
        Printer {
            precision: self.derivation.header.precision,
            arithmetic: self.derivation.header.arithmetic,
            runtime,
            functions_at: quote!(functions),
            functions: &self.derivation.header.functions,
            constants: &self.derivation.header.constants,
            constants_at: quote!(constants),
            functions_take_isa: self.plan.functions_take_isa,
            term_prefix: names::TERM.to_owned(),
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
        self.derivation.targets.iter().map(|data| data.shape.count()).sum()
    }

    /// The type of a sample's target.
    fn target(&self) -> TokenStream {
        let (count, runtime) = (self.target_count(), &self.runtime);
        match self.derivation.targets.as_slice() {
            [target] if target.class => {
                let count = size(count);
                quote!(#runtime::Class<#count>)
            }
            [] | [_] => self.array(Shape::Vector(count)),
            [_, _, ..] => self.types.target.to_token_stream(),
        }
    }

    /// Whether the targets of a sample are the fields of a type.
    fn has_target_type(&self) -> bool {
        self.derivation.targets.len() > 1
    }
}

/// The lints that generated code does not follow.
fn allowed_lints() -> TokenStream {
    quote! {
        non_snake_case, non_camel_case_types, non_upper_case_globals,
        unused, unreachable_pub, unexpected_cfgs,
        clippy::approx_constant, clippy::excessive_precision, clippy::many_single_char_names,
        clippy::similar_names, clippy::too_many_arguments, clippy::type_complexity,
        clippy::too_many_lines, clippy::unreadable_literal, clippy::large_types_passed_by_value,
        clippy::suboptimal_flops, clippy::suspicious_operation_groupings, clippy::neg_multiply,
        clippy::assign_op_pattern, clippy::eq_op, clippy::identity_op, clippy::erasing_op, clippy::zero_divided_by_zero, clippy::let_and_return,
        clippy::large_stack_arrays,
        clippy::manual_range_contains, clippy::if_same_then_else, clippy::just_underscores_and_digits,
        clippy::disallowed_names, clippy::new_without_default, clippy::new_ret_no_self, clippy::should_implement_trait, clippy::needless_range_loop,
        clippy::cast_precision_loss
    }
}

fn size(n: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(n)
}
