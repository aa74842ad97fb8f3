//! Somebody at the terminal: what to type at which question enters, a run on a terminal leaves.

use super::trefoil::Trefoil;

impl Trefoil {
    /// On a terminal, as [`Trefoil::on_terminal`]; each answer is typed once its question stands
    /// there. Answers end in `\r`, the key; Ctrl-C is `\x03`.
    pub fn answering(self, answers: &[(&str, &str)]) -> Trefoil {
        let answers = serde_json::to_string(answers).expect("strings are JSON");
        self.on_terminal().env("ANSWERS", answers)
    }
}
