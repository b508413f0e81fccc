//! Tokens that come out of a macro keep their places.

macro_rules! line {
    ($name:ident, $bias:ident, $start:expr) => {
        mlp::mlp! {
            network $name: f64 {
                input   x { i = 1 }
                weights { w = $start }
                layer   y { o = w * i + $bias }
            }
        }
    };
}

line!(Line, offset, 0.5);

fn main() {}
