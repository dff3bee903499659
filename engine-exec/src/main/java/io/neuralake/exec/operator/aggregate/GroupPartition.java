package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.spill.SpillBlock;

import java.util.ArrayList;
import java.util.List;

/// The spilled groups of one partition: blocks of keys and states, and for each aggregate that keeps
/// entries, blocks of keys and entries. Guarded by its [SpilledGroups] until all is written.
final class GroupPartition {
    private final List<SpillBlock> states = new ArrayList<>();
    private final List<List<SpillBlock>> entries = new ArrayList<>();

    GroupPartition(int entryStates) {
        for (int e = 0; e < entryStates; e++) {
            entries.add(new ArrayList<>());
        }
    }

    List<SpillBlock> states() {
        return states;
    }

    List<SpillBlock> entries(int aggregate) {
        return entries.get(aggregate);
    }

    boolean isEmpty() {
        return states.isEmpty();
    }
}
