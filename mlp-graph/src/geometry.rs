//! Points, rectangles and paths. x grows to the right, y downwards; the unit is a pixel.

/// A point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// A width and a height.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Extent {
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// The left border.
    pub x: f64,
    /// The upper border.
    pub y: f64,
    /// The width.
    pub width: f64,
    /// The height.
    pub height: f64,
}

/// A line of straight and curved pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    /// Where it starts.
    pub start: Point,
    /// Its pieces.
    pub pieces: Vec<Piece>,
}

/// A piece of a path, from where the one before it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Piece {
    /// A straight line to this point.
    Line(Point),
    /// A cubic Bézier curve: its two control points and its end.
    Curve(Point, Point, Point),
}

/// Straight pieces that a curve is taken for.
const STEPS: u32 = 16;

impl Point {
    /// A point.
    pub const fn new(x: f64, y: f64) -> Self {
        Point { x, y }
    }

    /// The point at this part of the line to another.
    pub fn towards(self, other: Point, part: f64) -> Point {
        Point::new(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)
    }

    /// The distance to another.
    pub fn distance(self, other: Point) -> f64 {
        let (x, y) = (other.x - self.x, other.y - self.y);
        (x * x + y * y).sqrt()
    }
}

impl Rect {
    /// The rectangle of this extent around a point.
    pub fn around(center: Point, extent: Extent) -> Self {
        let Extent { width, height } = extent;
        Rect { x: center.x - width / 2.0, y: center.y - height / 2.0, width, height }
    }

    /// The right border.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The lower border.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The middle.
    pub fn center(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// The same, larger on each side.
    #[must_use]
    pub fn grown(&self, by: f64) -> Self {
        Rect { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }

    /// The same, moved.
    #[must_use]
    pub fn moved(&self, x: f64, y: f64) -> Self {
        Rect { x: self.x + x, y: self.y + y, ..*self }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Rect) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Rect { x, y, width: right - x, height: bottom - y }
    }

    /// Whether two rectangles have an area in common.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether another lies in it.
    pub fn holds(&self, other: &Rect) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && self.right() >= other.right()
            && self.bottom() >= other.bottom()
    }

    /// Whether a straight line goes through it: the part of the line that is inside has a length.
    pub fn is_crossed(&self, from: Point, to: Point) -> bool {
        let mut part = (0.0_f64, 1.0_f64);
        let sides =
            [(from.x, to.x - from.x, self.x, self.right()), (from.y, to.y - from.y, self.y, self.bottom())];
        for (start, step, low, high) in sides {
            if step == 0.0 {
                if start <= low || start >= high {
                    return false;
                }
                continue;
            }
            let (a, b) = ((low - start) / step, (high - start) / step);
            part = (part.0.max(a.min(b)), part.1.min(a.max(b)));
        }
        part.0 < part.1
    }
}

impl Path {
    /// A path of straight lines.
    pub fn through(points: &[Point]) -> Self {
        let start = points.first().copied().unwrap_or_default();
        Path { start, pieces: points.iter().skip(1).map(|point| Piece::Line(*point)).collect() }
    }

    /// Straight lines that stay near it.
    pub fn lines(&self) -> Vec<(Point, Point)> {
        let mut lines = Vec::new();
        let mut at = self.start;
        for piece in &self.pieces {
            match *piece {
                Piece::Line(end) => lines.push((at, end)),
                Piece::Curve(a, b, end) => {
                    let mut last = at;
                    for step in 1..=STEPS {
                        let next = bezier([at, a, b, end], f64::from(step) / f64::from(STEPS));
                        lines.push((last, next));
                        last = next;
                    }
                }
            }
            at = piece.end();
        }
        lines
    }

    /// Its last point.
    pub fn end(&self) -> Point {
        self.pieces.last().map_or(self.start, Piece::end)
    }

    /// The rectangle around it.
    pub fn bounds(&self) -> Rect {
        let mut all = Rect { x: self.start.x, y: self.start.y, width: 0.0, height: 0.0 };
        for (_, Point { x, y }) in self.lines() {
            all = all.union(&Rect { x, y, width: 0.0, height: 0.0 });
        }
        all
    }

    /// The same, moved.
    #[must_use]
    pub fn moved(&self, x: f64, y: f64) -> Self {
        let go = |point: Point| Point::new(point.x + x, point.y + y);
        let piece = |piece: &Piece| match *piece {
            Piece::Line(end) => Piece::Line(go(end)),
            Piece::Curve(a, b, end) => Piece::Curve(go(a), go(b), go(end)),
        };
        Path { start: go(self.start), pieces: self.pieces.iter().map(piece).collect() }
    }
}

impl Piece {
    /// Where it ends.
    pub fn end(&self) -> Point {
        match *self {
            Piece::Line(end) | Piece::Curve(_, _, end) => end,
        }
    }
}

fn bezier([a, b, c, d]: [Point; 4], t: f64) -> Point {
    let (ab, bc, cd) = (a.towards(b, t), b.towards(c, t), c.towards(d, t));
    ab.towards(bc, t).towards(bc.towards(cd, t), t)
}
