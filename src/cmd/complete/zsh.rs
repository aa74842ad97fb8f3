//! Completion in zsh. Takes words without their quotes; gives one candidate with its description
//! per line. `compadd` quotes what it inserts.

use std::ffi::OsString;
use std::io::{self, Write};

use super::{Find, Registration, Shell, unquoted};
use crate::text::shell::in_single_quotes;

/// zsh.
pub const ZSH: Shell = Shell {
    name: "zsh",
    register,
    answer,
};

fn register(of: &Registration<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Registration {
        variable, program, ..
    } = of;
    let completer = in_single_quotes(of.completer);
    writeln!(
        out,
        r#"#compdef {program}
_trefoil_complete() {{
    local line word description
    local -a words_whole shown_whole words_begun shown_begun
    local typed="${{(Q)PREFIX}}"
    while IFS= read -r line; do
        word="${{line%%$'\t'*}}"
        description="${{line#*$'\t'}}"
        [[ -n "$description" ]] && description="  -- $description"
        if [[ "$word" == *[/=:] ]]; then
            words_begun+=("$word")
            shown_begun+=("$word$description")
        else
            words_whole+=("$word")
            shown_whole+=("$word$description")
        fi
    done < <({variable}=zsh {completer} -- "${{(@Q)words[1,CURRENT-1]}}" "$typed" 2>/dev/null)
    (( $#words_whole )) && compadd -V trefoil -l -d shown_whole -a words_whole
    (( $#words_begun )) && compadd -V trefoil -l -S '' -d shown_begun -a words_begun
}}
compdef _trefoil_complete {program}"#
    )
}

fn answer(args: Vec<OsString>, find: &mut Find<'_>, out: &mut dyn Write) -> io::Result<()> {
    find(unquoted(args))?
        .iter()
        .try_for_each(|candidate| candidate.write(out))
}
