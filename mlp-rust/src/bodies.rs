//! Turns the plan into the bodies of the API: the code of each method of a network.

use mlp_dsl::{
    ir::{Data, Parameter, equation::EquationId},
    model::Sample,
    never,
    plan::Entry,
    shape::Shape,
};
use proc_macro2::{Span, TokenStream};
use quote::quote;

use crate::{
    Context,
    body::{
        dispatch::{Signature, argument},
        formula::literal,
    },
    names::{ONE, identifier, own},
    size,
    start::{fill, starts},
    surface::{
        Body, Constant, Kind, Method, Pass, Provided, Returned, Type, Value,
        print::{Bodies, Printer},
    },
    weights,
};

/// The bodies of a network that could be derived.
pub(crate) struct Planned<'c>(pub(crate) &'c Context<'c>);

impl Bodies for Planned<'_> {
    fn method(&self, printer: &Printer<'_>, method: &Method) -> TokenStream {
        match method.body {
            Body::Delegate(of) => printer.delegate(of, method),
            Body::Zero => quote!(Self::ZERO),
            Body::ByValue(returned) => self.by_value(printer, returned, method),
            Body::StartValues => starts(self.0, &quote!(self)),
            Body::Tensor(kind, pass) => self.tensor(kind, pass),
            Body::Steps(Pass::Mutable) => quote!(::core::option::Option::Some(&mut self.steps)),
            Body::Steps(Pass::Shared | Pass::Value) => quote!(::core::option::Option::Some(self.steps)),
            Body::Clear => self.clear(),
            Body::Divide => self.divide(),
            Body::Heads => self.heads(printer),
            Body::SampleWorkspace => sample_workspace(printer),
            Body::Entry(Entry::Trace) => self.trace(),
            Body::Entry(entry) => self.dispatched(printer, entry, method),
        }
    }

    fn constant(&self, _: &Printer<'_>, constant: &Constant) -> TokenStream {
        let samples = &self.0.derivation.header.samples;
        match constant.value {
            Value::Trained => weights::trained(self.0),
            Value::Inputs => {
                let inputs = samples.iter().map(|sample| self.numbers(&sample.input));
                quote!([#(#inputs),*])
            }
            Value::Targets => {
                let targets = samples.iter().map(|sample| self.target(sample));
                quote!([#(#targets),*])
            }
            Value::Count(_)
            | Value::Whole(_)
            | Value::Flag(_)
            | Value::Name(_)
            | Value::Zero
            | Value::Own
            | Value::Layout(_)
            | Value::NetworkTensors
            | Value::Size(_)
            | Value::Reduction(_) => {
                never!("the API has the value of `{}`", constant.name);
                TokenStream::new()
            }
        }
    }

    fn provided(&self, provided: Provided) -> TokenStream {
        let context = self.0;
        match provided {
            Provided::Gradients => {
                let block = context.plan.has_blocks().then(|| context.accumulate_block());
                let (groups, drawing) = (context.backward_groups(), context.drawing());
                quote!(#block #groups #drawing)
            }
            Provided::Steps => {
                let (training, next) = (context.training(), context.next_step());
                quote!(#training #next)
            }
            Provided::InputGradients => context.input_gradients(),
            Provided::PulledBack => context.pulled_back(),
        }
    }
}

/// The workspace of one sample in that of batches.
pub(crate) fn sample_workspace(printer: &Printer<'_>) -> TokenStream {
    let one = own(ONE);
    if printer.has_batch_workspace() { quote!(&mut __workspace.#one) } else { quote!(__workspace) }
}

/// Methods for users, and the declared samples.
impl Planned<'_> {
    /// A method that returns its result, by others that write in place.
    fn by_value(&self, printer: &Printer<'_>, returned: Returned, method: &Method) -> TokenStream {
        let (seed, runtime) = (self.0.derivation.header.seed, printer.runtime);
        let optimizer = printer.name(Kind::Optimizer);
        let one = |code: &dyn Fn(TokenStream) -> TokenStream| self.with_workspace(printer, code);
        match returned {
            Returned::Network => quote!(Self::with_seed(#seed)),
            Returned::Seeded => quote! {
                let mut network = Self::ZERO;
                #runtime::Network::initialize(&mut network, seed);
                network
            },
            Returned::Outputs => {
                let zero = method.result.as_ref().map(|result| printer.zero(result));
                let run = one(&|workspace| quote!(self.forward_into(input, #workspace, &mut output)));
                quote!(let mut output = #zero; #run; output)
            }
            Returned::Trace => {
                let (trace, run) = (
                    printer.name(Kind::Trace),
                    one(&|workspace| quote!(self.trace_into(input, #workspace, &mut trace))),
                );
                quote!(let mut trace = #trace::ZERO; #run; trace)
            }
            Returned::Loss => {
                one(&|workspace| quote!(#runtime::Differentiable::loss(self, input, target, #workspace)))
            }
            Returned::Gradients => {
                let run = one(&|workspace| quote!(self.backward_into(input, target, #workspace, gradients)));
                // What is copied to the result is not zeros first.
                let pair = quote!((#run, ::core::clone::Clone::clone(&*gradients)));
                self.scratch(printer, Kind::Gradients, &pair)
            }
            Returned::InputGradient => {
                let zero = printer.zero(&Type::Numbers(vec![self.0.input_count()]));
                let run = one(
                    &|workspace| quote!(self.input_gradient_into(input, target, #workspace, &mut input_gradient)),
                );
                quote!(let mut input_gradient = #zero; let loss = #run; (loss, input_gradient))
            }
            Returned::PulledBack => {
                let zero = printer.zero(&Type::Numbers(vec![self.0.input_count()]));
                let run = one(&|workspace| {
                    quote!(self.pull_back_into(
                        input,
                        output_gradient,
                        #workspace,
                        gradients,
                        &mut input_gradient
                    ))
                });
                let pair = quote!(#run; (::core::clone::Clone::clone(&*gradients), input_gradient));
                let pair = self.scratch(printer, Kind::Gradients, &quote!({ #pair }));
                quote!(let mut input_gradient = #zero; #pair)
            }
            Returned::Step | Returned::Tried => {
                let name =
                    if returned == Returned::Step { quote!(train_into) } else { quote!(try_train_into) };
                let run = one(
                    &|workspace| quote!(self.#name(input, target, &mut #optimizer::new(), #workspace, gradients)),
                );
                self.scratch(printer, Kind::Gradients, &run)
            }
        }
    }

    /// Code with a workspace, given to `code` as an expression.
    fn with_workspace(
        &self,
        printer: &Printer<'_>,
        code: &dyn Fn(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let ty = printer.name(Kind::Workspace);
        if self.0.standalone || self.0.plan.layout.workspace.is_empty() {
            code(quote!(&mut #ty::new()))
        } else {
            self.scratch(printer, Kind::Workspace, &code(quote!(workspace)))
        }
    }

    /// Code with `workspace` or `gradients`, whose contents are ignored, on the stack. Nothing is written there before, except in
    /// a standalone file, which has no `unsafe` code.
    fn scratch(&self, printer: &Printer<'_>, kind: Kind, code: &TokenStream) -> TokenStream {
        let (runtime, ty) = (printer.runtime, printer.name(kind));
        let name = if kind == Kind::Gradients { quote!(gradients) } else { quote!(workspace) };
        if self.0.standalone {
            quote!({ let #name = &mut #ty::new(); #code })
        } else {
            quote!(#runtime::scratch(|#name: &mut #ty| #code))
        }
    }

    /// Every named value of the forward pass. Nobody waits for it, so it is compiled for one instruction set only.
    fn trace(&self) -> TokenStream {
        let (context, runtime) = (self.0, &self.0.runtime);
        let body = context.body(Entry::Trace);
        quote! {
            let (__input, __workspace, __trace) = (input, workspace, trace);
            use #runtime::Isa as _;
            let (__network, __isa) = (self, #runtime::Portable);
            #body
        }
    }

    fn numbers(&self, numbers: &[f64]) -> TokenStream {
        let numbers = numbers.iter().map(|number| literal(*number, self.0.derivation.header.precision));
        quote!([#(#numbers),*])
    }

    /// The target of a sample; a class by its number.
    fn target(&self, sample: &Sample) -> TokenStream {
        let targets = self.0.derivation.targets.as_slice();
        if let [target] = targets {
            return self.value_of_target(target, &sample.target, false);
        }
        let mut rest = sample.target.as_slice();
        let fields = targets.iter().map(|target| {
            let (own, after) = rest.split_at_checked(target.shape.count()).unwrap_or((rest, &[]));
            rest = after;
            let name = identifier(&target.name, Span::call_site());
            let value = self.value_of_target(target, own, target.shape == Shape::Scalar);
            quote!(#name: #value)
        });
        let (fields, ty) = (fields.collect::<Vec<_>>(), &self.0.types.target);
        quote!(#ty { #(#fields),* })
    }

    /// A target; one number without brackets, where it is a `scalar`.
    fn value_of_target(&self, target: &Data, numbers: &[f64], scalar: bool) -> TokenStream {
        match (numbers.iter().position(|number| *number == 1.0), numbers) {
            (Some(class), _) if target.class => {
                let (runtime, class) = (&self.0.runtime, size(class));
                quote!(#runtime::Class::at_most(#class))
            }
            (_, [number]) if scalar => literal(*number, self.0.derivation.header.precision),
            _ => self.numbers(numbers),
        }
    }

    /// The heads of an output.
    fn heads(&self, printer: &Printer<'_>) -> TokenStream {
        let (d, runtime, mut start) = (self.0.derivation, &self.0.runtime, 0);
        let heads = d.heads.iter().filter_map(|head| d.layers.get(*head)).map(|layer| {
            let (name, first) = (identifier(&layer.name, Span::call_site()), size(start));
            start += layer.shape.count();
            quote!(#name: *#runtime::slice::<#first, _, _, _>(output))
        });
        let (heads, ty) = (heads.collect::<Vec<_>>(), printer.name(Kind::Heads));
        quote!(#ty { #(#heads),* })
    }
}

/// Methods of the runtime's traits.
impl Planned<'_> {
    /// Code that runs on the best instruction set, with the parameters of its method.
    fn dispatched(&self, printer: &Printer<'_>, entry: Entry, method: &Method) -> TokenStream {
        // References first.
        let flags = |flags: bool| method.parameters.iter().filter(move |p| (p.ty == Type::Flag) == flags);
        let lifetime = quote!('r);
        let arguments = flags(false)
            .chain(flags(true))
            .map(|parameter| argument(parameter.name, printer.parameter(parameter, Some(&lifetime))))
            .collect();
        self.0.dispatched(&Signature {
            entry,
            is_mutable: method.receiver == Some(Pass::Mutable),
            arguments,
            result: method.result.as_ref().map(|result| printer.ty(result)),
        })
    }

    /// The elements of the tensor `number` of a type as a slice.
    fn tensor(&self, kind: Kind, pass: Pass) -> TokenStream {
        let tensors = self.tensors(kind);
        if tensors.is_empty() {
            return quote! { let _ = number; ::core::option::Option::None };
        }
        let arms = tensors.into_iter().enumerate().map(|(number, equation)| {
            let (number, slice) = (size(number), self.slice(equation, pass));
            quote!(#number => ::core::option::Option::Some(#slice),)
        });
        quote!(match number { #(#arms)* _ => ::core::option::Option::None })
    }

    /// The equations whose values are the tensors of a type, in order.
    fn tensors(&self, kind: Kind) -> Vec<EquationId> {
        let parameters = &self.0.derivation.parameters;
        match kind {
            Kind::Network => parameters.iter().map(|parameter| parameter.equation).collect(),
            Kind::Gradients => self.trained().map(|parameter| parameter.equation).collect(),
            Kind::Optimizer => {
                parameters.iter().flat_map(Parameter::state).map(|state| state.equation).collect()
            }
            Kind::Workspace | Kind::BatchWorkspace | Kind::Trace | Kind::Target | Kind::Heads => Vec::new(),
        }
    }

    /// The elements of the field of an equation.
    fn slice(&self, equation: EquationId, pass: Pass) -> TokenStream {
        let (field, is_mutable) = (self.0.field(equation), pass == Pass::Mutable);
        match (self.0.derivation.shape(equation), is_mutable) {
            (Shape::Scalar, false) => quote!(::core::slice::from_ref(&self.#field)),
            (Shape::Scalar, true) => quote!(::core::slice::from_mut(&mut self.#field)),
            (Shape::Vector(_), false) => quote!(&self.#field),
            (Shape::Vector(_), true) => quote!(&mut self.#field),
            (Shape::Matrix(..), false) => quote!(self.#field.as_flattened()),
            (Shape::Matrix(..), true) => quote!(self.#field.as_flattened_mut()),
        }
    }

    fn clear(&self) -> TokenStream {
        let clear = self.trained().map(|parameter| {
            let field = self.0.field(parameter.equation);
            fill(&quote!(self.#field), self.shape(parameter), &quote!(0.0))
        });
        quote!(#(#clear)*)
    }

    fn divide(&self) -> TokenStream {
        let runtime = &self.0.runtime;
        let divide = self.trained().map(|parameter| {
            let field = self.0.field(parameter.equation);
            match self.shape(parameter) {
                Shape::Scalar => quote!(#runtime::divide_scalar(&mut self.#field, by);),
                Shape::Vector(_) => quote!(#runtime::divide_vector(&mut self.#field, by);),
                Shape::Matrix(..) => quote!(#runtime::divide_matrix(&mut self.#field, by);),
            }
        });
        quote!(#(#divide)*)
    }

    fn trained(&self) -> impl Iterator<Item = &Parameter> {
        self.0.derivation.parameters.iter().filter(|parameter| !parameter.frozen)
    }

    fn shape(&self, parameter: &Parameter) -> Shape {
        self.0.derivation.shape(parameter.equation)
    }
}
