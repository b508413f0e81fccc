//! Where warnings are denied, a warning of a specification fails the build; `allow` in the specification is the way out.

#![deny(warnings)]

mlp::mlp! {
    network Denied: f64 {
        input  x[2];
        layer  y[1] = softmax(dense(x));
        target t[1];
        loss   half_squared_error(y, t);
    }
}

mlp::mlp! {
    network Allowed: f64 {
        input  x[2];
        layer  y[1] = softmax(dense(x));
        target t[1];
        loss   half_squared_error(y, t);
        allow  W0101;
    }
}

fn main() {
    let _ = (Denied::new(), Allowed::new());
}
