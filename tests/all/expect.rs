//! The tests that `mlp!` generates from `expect`: they run with those of this file.

mlp::mlp! {
    network Written: f64 {
        input   x { a, b }
        weights w[2] = [0.25, 0.5];
        layer   h[2] = tanh(w * x);
        layer   y { s = sum(h) }

        expect { x = [0.5, 1], h = [0.12435300177159619, 0.46211715726000973], s = 0.5864701590316059 } within 1e-15;
        expect { b = 0, a = 0, y = [0] } within 1e-300;
    }
}

mod large {
    mlp::mlp! {
        pub network Large: f32 {
            input   x[3];
            layer   h[2000] = relu(dense(x));
            layer   y[2000] = dense(h);
            layer   z[1] = linear(y);
            expect { x = [0, 0, 0], z = 0 } within 1e-6;
        }
    }
}

#[test]
fn the_types_are_used() {
    assert_eq!(Written::new().forward(&[0.0, 0.0]), [0.0]);
    assert_eq!(large::Large::OUTPUTS, 1);
}
