//! Types of two networks with one name: rustc's own error, at the names of the networks.

mlp::mlp! {
    network Foo: f64 {
        input  x[2];
        layer  y[1] = dense(x);
        target t[1];
        loss   squared_error(y, t);
    }
}

mlp::mlp! {
    network FooGradients: f64 {
        input  x[2];
        layer  y[1] = dense(x);
    }
}

struct FooTrace;

fn main() {}
