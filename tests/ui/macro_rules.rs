//! Errors in tokens that come out of macros: each is underlined where it was made, in the call or in the
//! definition.

macro_rules! line {
    ($name:ident, $bias:ident, $start:expr) => {
        mlp::mlp! {
            network $name: f64 {
                input   x { i }
                weights { w = $start }
                layer   y { o = w * i + $bias }
            }
        }
    };
}
line!(Unknown, offset, 0.5);
line!(NotFinite, w, 1.0 / 0.0);
line!(self, w, 1);

macro_rules! layer {
    ($name:ident, $size:literal, $formula:expr, [$($neuron:ident = $activation:ident($weight:ident)),*]) => {
        mlp::mlp! {
            network $name: f64 {
                input   x[3];
                input   s { i }
                weights W[2, 3] = 0.5;
                weights { $($weight = 1),* }
                layer   y[$size] = $formula + W @ x;
                layer   output { $($neuron = $activation($weight * i + sum(y))),* }
            }
        }
    };
}
layer!(Right, 2, i + 1, [a = tanh(v), b = sigmoid(w)]);
layer!(Operand, 2, x * i, [a = tanh(v)]);
layer!(Size, 4, i, [a = tanh(v)]);
layer!(Twice, 2, i, [a = tanh(v), a = sigmoid(w)]);
layer!(Function, 2, i, [a = tanh(v), b = sigmod(w)]);
layer!(NoFormula, 2, i.exp(), [a = tanh(v)]);

// The text is the caller's, in another macro.
macro_rules! outer {
    ($($text:tt)*) => {
        inner!(Nested { $($text)* });
    };
}
macro_rules! inner {
    ($name:ident { $($text:tt)* }) => {
        mlp::mlp! { network $name: f64 { input x { i } $($text)* } }
    };
}
outer! { weights { w = 0.5 v = 1 } layer y { o = w * i } }

// The definition is wrong, whoever calls it.
macro_rules! definition {
    ($name:ident) => {
        mlp::mlp! { network $name: f64 { input x { i } weights { w } layer y { o = u * i } } }
    };
}
definition!(First);
definition!(Second);

fn main() {
    let _ = (Unknown::new().w, Size::new().W[1][2], Function::new().trace(&[1.0; 4]).b, Nested::new().v);
}
