package io.neuralake.server.bench;

import java.util.Locale;

/// A query without times.
///
/// @param reason one line that names the engine
public record QueryFailure(String query, Kind kind, String reason) implements QueryOutcome {
    /// What went wrong.
    public enum Kind {
        /// An engine answered with an error.
        REFUSED,
        /// Two engines, or two runs of one, gave different answers.
        DIFFERENT;

        /// Returns the word for it in reports.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
