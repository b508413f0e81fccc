//! Attributes before a network: those that no network can have, and those that ask for what is not there.

mlp::mlp! {
    #[derive(Clone, Eq, no_such_crate::Trait)]
    #[repr(packed)]
    network Wrong: f64 { input x { i } weights { w } layer y { o = w * i } }
}

mlp::mlp! {
    #[derive(Copy, no_such_crate::Trait, serde::Serialize)]
    #[cfg_attr(all(), derive(Deserialize))]
    #[cfg_attr(any(), derive(Serialize))]
    network NotThere: f64 { input x { i } weights { w } layer y { o = w * i } }
}

mlp::mlp! {
    #[must_use = "a network does nothing by itself"]
    network Unused: f64 {
        input  x[1];
        #[allow(dead_code)]
        layer  y[1] = dense(x);
        target t[1];
        loss   squared_error(y, t);
        train  sgd(rate = 0.1);
    }
}

fn main() {}
