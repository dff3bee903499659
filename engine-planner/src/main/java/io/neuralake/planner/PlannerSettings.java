package io.neuralake.planner;

import java.time.ZoneId;

/// What of a session a plan depends on. Part of the plan cache's key.
///
/// @param zoneId time zone of casts between TIMESTAMP and TIMESTAMP WITH TIME ZONE
/// @param optimize false leaves out every rewriting that is not needed to run the plan
public record PlannerSettings(ZoneId zoneId, boolean optimize) {
    /// UTC, with everything on.
    public static final PlannerSettings DEFAULT =
            new PlannerSettings(java.time.ZoneOffset.UTC, true);
}
