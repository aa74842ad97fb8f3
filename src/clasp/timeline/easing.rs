//! The curve from one keyframe to the next. Takes the elapsed part of the time, gives the part of
//! the change. Pure.

/// A curve from (0, 0) to (1, 1).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Easing {
    /// Constant speed.
    #[default]
    Linear,
    /// Slow at the beginning.
    EaseIn,
    /// Slow at the end.
    EaseOut,
    /// Slow at both ends.
    EaseInOut,
    /// Constant, then a jump at the next keyframe.
    Step,
    /// Two control points x1, y1, x2, y2, as in CSS.
    CubicBezier([f64; 4]),
}

/// The precision: a twentieth of a millisecond in a segment of an hour.
const CLOSE: f64 = 1e-8;

impl Easing {
    /// The easings without parameters.
    pub const NAMED: [(&'static str, Easing); 5] = [
        ("linear", Easing::Linear),
        ("ease-in", Easing::EaseIn),
        ("ease-out", Easing::EaseOut),
        ("ease-in-out", Easing::EaseInOut),
        ("step", Easing::Step),
    ];

    /// The name of the easing with control points.
    pub const BEZIER: &'static str = "cubic-bezier";

    /// The name of the easing.
    pub fn name(self) -> &'static str {
        Easing::NAMED
            .iter()
            .find(|(_, easing)| *easing == self)
            .map_or(Easing::BEZIER, |(name, _)| name)
    }

    /// Reads a name, or `cubic-bezier(0.4,0,0.2,1)`.
    pub fn parse(text: &str) -> Option<Easing> {
        if let Some((_, easing)) = Easing::NAMED.iter().find(|(name, _)| *name == text) {
            return Some(*easing);
        }
        let points = text
            .strip_prefix(Easing::BEZIER)?
            .strip_prefix('(')?
            .strip_suffix(')')?;
        let points: Vec<f64> = points
            .split(',')
            .map(|number| number.trim().parse().ok())
            .collect::<Option<_>>()?;
        Easing::bezier(points.try_into().ok()?)
    }

    /// The easing with these control points; `None` if time would run backwards.
    pub fn bezier(points: [f64; 4]) -> Option<Easing> {
        let [x1, y1, x2, y2] = points;
        let forwards = (0.0..=1.0).contains(&x1) && (0.0..=1.0).contains(&x2);
        (forwards && y1.is_finite() && y2.is_finite()).then_some(Easing::CubicBezier(points))
    }

    /// The part of the change after this part of the time, both 0 to 1.
    pub fn at(self, time: f64) -> f64 {
        let points = match self {
            _ if time >= 1.0 => return 1.0,
            _ if time <= 0.0 => return 0.0,
            Easing::Linear => return time,
            Easing::Step => return 0.0,
            // As CSS defines them.
            Easing::EaseIn => [0.42, 0.0, 1.0, 1.0],
            Easing::EaseOut => [0.0, 0.0, 0.58, 1.0],
            Easing::EaseInOut => [0.42, 0.0, 0.58, 1.0],
            Easing::CubicBezier(points) => points,
        };
        let [x1, y1, x2, y2] = points;
        coordinate(y1, y2, parameter(x1, x2, time))
    }
}

/// A coordinate of a cubic Bézier curve from 0 to 1.
fn coordinate(p1: f64, p2: f64, t: f64) -> f64 {
    let s = 1.0 - t;
    3.0 * s * s * t * p1 + 3.0 * s * t * t * p2 + t * t * t
}

/// The parameter at which the curve reaches x. Found by bisection, because Newton's method fails
/// where the tangent is 0; 27 steps cost nothing at 60 calls a second.
fn parameter(x1: f64, x2: f64, x: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while high - low > CLOSE {
        let middle = (low + high) / 2.0;
        if coordinate(x1, x2, middle) < x {
            low = middle
        } else {
            high = middle
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curves_are_those_of_css() {
        // Reference values of the CSS curves, to three digits.
        for (easing, time, way) in [
            (Easing::Linear, 0.25, 0.25),
            (Easing::EaseIn, 0.5, 0.315),
            (Easing::EaseOut, 0.5, 0.685),
            (Easing::EaseInOut, 0.5, 0.5),
            (Easing::EaseInOut, 0.25, 0.129),
            (Easing::Step, 0.999, 0.0),
            (Easing::CubicBezier([0.25, 0.1, 0.25, 1.0]), 0.5, 0.802),
            (Easing::CubicBezier([0.0, 0.0, 1.0, 1.0]), 0.3, 0.3),
        ] {
            let got = easing.at(time);
            assert!((got - way).abs() < 0.001, "{easing:?} at {time}: {got}");
        }
    }

    #[test]
    fn every_curve_begins_and_ends_exactly_and_beyond_it_stays() {
        let named = Easing::NAMED.into_iter().map(|(_, easing)| easing);
        for easing in named.chain([Easing::CubicBezier([1.0, -3.0, 0.0, 4.0])]) {
            for (time, way) in [(-1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (2.0, 1.0)] {
                assert_eq!(easing.at(time), way, "{easing:?} at {time}");
            }
        }
    }

    #[test]
    fn names() {
        for (name, easing) in Easing::NAMED {
            assert_eq!(Easing::parse(name), Some(easing));
            assert_eq!(easing.name(), name);
        }
        let bezier = Easing::CubicBezier([0.4, 0.0, 0.2, 1.0]);
        assert_eq!(Easing::parse("cubic-bezier(0.4, 0,0.2,1)"), Some(bezier));
        assert_eq!(bezier.name(), "cubic-bezier");
        for text in [
            "",
            "ease",
            "cubic-bezier",
            "cubic-bezier(0,0,1)",
            "cubic-bezier(2,0,1,1)",
        ] {
            assert_eq!(Easing::parse(text), None, "{text}");
        }
    }
}
