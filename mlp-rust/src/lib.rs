//! The derivation as Rust: a module with the network's types and the code of each entry point.
//! Concrete arrays, no heap, no `unsafe`; what runs is printed from the equations alone.

mod body;
mod fingerprint;
mod heap;
mod interface;
mod names;
mod spelled;
mod stub;
mod traits;
mod types;
mod weights;

use mlp_dsl::{
    formula::FunctionId,
    ir::{
        Derivation,
        equation::{EquationId, Symbol},
    },
    never::OrNever,
    plan::{self, Plan},
    shape::Shape,
    span::Span,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use body::formula::{self, Printer};
use names::{Names, identifier};

pub use names::Spans;
pub use stub::stub;
pub use weights::weight_file;

/// How the code is to be printed.
#[derive(Default)]
pub struct Options<'s> {
    /// The path of the runtime from the crate's root, `::mlp::__private` when not given.
    pub runtime: Option<TokenStream>,
    /// One file without dependencies: the runtime is a module `runtime` beside the network.
    pub standalone: bool,
    /// Where the specification's text stands in the user's source.
    pub spans: Option<Spans<'s>>,
    /// The specification's names, of which editors are to be told.
    pub spelled: Option<&'s mlp_dsl::names::Names>,
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
        plan: &plan,
        names: Names::new(derivation),
        types: TypeNames::new(derivation, spans),
        runtime,
        inner_runtime,
        spans,
        spelled: options.spelled,
        weight_bytes: options.weights.as_ref(),
        standalone: options.standalone,
    };
    context.module()
}

/// The names of the generated types.
struct TypeNames {
    network: proc_macro2::Ident,
    gradients: proc_macro2::Ident,
    optimizer: proc_macro2::Ident,
    workspace: proc_macro2::Ident,
    trace: proc_macro2::Ident,
}

impl TypeNames {
    fn new(derivation: &Derivation, spans: Spans<'_>) -> Self {
        let name = &derivation.header.name;
        let span = spans(derivation.header.name_span);
        let with = |suffix: &str| format_ident!("{name}{suffix}", span = span);
        TypeNames {
            network: identifier(name, span),
            gradients: with("Gradients"),
            optimizer: with("Optimizer"),
            workspace: with("Workspace"),
            trace: with("Trace"),
        }
    }
}

/// What all parts of the code are printed from.
struct Context<'c> {
    derivation: &'c Derivation,
    plan: &'c Plan,
    names: Names,
    types: TypeNames,
    runtime: TokenStream,
    inner_runtime: TokenStream,
    spans: Spans<'c>,
    spelled: Option<&'c mlp_dsl::names::Names>,
    weight_bytes: Option<&'c TokenStream>,
    standalone: bool,
}

impl Context<'_> {
    fn module(&self) -> TokenStream {
        let module = format_ident!("__mlp_{}", self.derivation.header.name);
        let visibility: TokenStream = self.derivation.header.visibility.parse().unwrap_or_default();
        let weights = self.weight_file();
        let types = self.type_items();
        let interface = self.interface();
        let network = self.network_trait();
        let differentiable = self.differentiable_trait();
        let accumulated = self.accumulated_samples();
        let inlined = self.inlined();
        let trainable = self.trainable_trait();
        let functions = self.functions();
        let boxed = self.boxed();
        let exported = self.exported();
        let spelled = self.spelled();
        quote! {
            #[doc(hidden)]
            #[allow(
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
            )]
            mod #module {
                #weights
                #types
                #interface
                #network
                #accumulated
                #inlined
                #differentiable
                #trainable
                #functions
                #boxed
                #spelled
            }
            #[allow(unused_imports)]
            #visibility use #module::{#(#exported),*};
        }
    }

    fn exported(&self) -> Vec<&proc_macro2::Ident> {
        let mut names = vec![&self.types.network, &self.types.workspace, &self.types.trace];
        if self.derivation.loss.is_some() {
            names.push(&self.types.gradients);
        }
        if self.derivation.training.is_some() {
            names.push(&self.types.optimizer);
        }
        names
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

    /// A constant of this shape with zeros.
    fn zero(&self, shape: Shape) -> TokenStream {
        match shape {
            Shape::Scalar => quote!(0.0),
            Shape::Vector(n) => {
                let n = size(n);
                quote!([0.0; #n])
            }
            Shape::Matrix(rows, columns) => {
                let (rows, columns) = (size(rows), size(columns));
                quote!([[0.0; #columns]; #rows])
            }
        }
    }

    /// Where the name of an equation stands; one that is made from another name stands nowhere.
    fn span_of(&self, id: EquationId) -> proc_macro2::Span {
        let equation = self.derivation.equation(id);
        match equation.symbol {
            Symbol::Named(_) => (self.spans)(equation.span),
            _ => proc_macro2::Span::call_site(),
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
        self.derivation.target.as_ref().map_or(0, |data| data.shape.count())
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
}

fn size(n: usize) -> proc_macro2::Literal {
    proc_macro2::Literal::usize_unsuffixed(n)
}
