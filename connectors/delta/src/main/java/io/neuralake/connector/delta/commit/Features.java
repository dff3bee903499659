package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableProtocol;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Names of table features (PROTOCOL.md, "Valid Feature Names in Table Features"), and which of them protocols
/// without lists of features mean.
final class Features {
    static final String APPEND_ONLY = "appendOnly";
    static final String INVARIANTS = "invariants";
    static final String CHECKS = "checkConstraints";
    static final String CHANGE_DATA_FEED = "changeDataFeed";
    static final String GENERATED = "generatedColumns";
    static final String DEFAULTS = "allowColumnDefaults";
    static final String COLUMN_MAPPING = "columnMapping";
    static final String IDENTITY = "identityColumns";
    static final String DELETION_VECTORS = "deletionVectors";
    static final String ROW_TRACKING = "rowTracking";
    static final String TIMESTAMP_NTZ = "timestampNtz";
    static final String DOMAINS = "domainMetadata";
    static final String V2_CHECKPOINT = "v2Checkpoint";
    static final String CLUSTERING = "clustering";
    static final String VACUUM_CHECK = "vacuumProtocolCheck";
    static final String IN_COMMIT_TIMESTAMP = "inCommitTimestamp";
    static final String TYPE_WIDENING = "typeWidening";
    static final String TYPE_WIDENING_PREVIEW = "typeWidening-preview";
    static final String CHECKPOINT_PROTECTION = "checkpointProtection";
    static final String VARIANT = "variantType";
    static final String VARIANT_PREVIEW = "variantType-preview";
    static final String SHREDDING = "variantShredding";
    static final String SHREDDING_PREVIEW = "variantShredding-preview";

    /// Those that readers must know as well.
    static final Set<String> READER =
            Set.of(
                    COLUMN_MAPPING,
                    DELETION_VECTORS,
                    TIMESTAMP_NTZ,
                    V2_CHECKPOINT,
                    VACUUM_CHECK,
                    TYPE_WIDENING,
                    TYPE_WIDENING_PREVIEW,
                    VARIANT,
                    VARIANT_PREVIEW,
                    SHREDDING,
                    SHREDDING_PREVIEW);

    /// Those whose rules for writers this program keeps. It writes no variants, and so no rows that have one.
    static final Set<String> WRITABLE =
            Set.of(
                    APPEND_ONLY,
                    INVARIANTS,
                    CHECKS,
                    CHANGE_DATA_FEED,
                    GENERATED,
                    DEFAULTS,
                    COLUMN_MAPPING,
                    IDENTITY,
                    DELETION_VECTORS,
                    ROW_TRACKING,
                    TIMESTAMP_NTZ,
                    DOMAINS,
                    V2_CHECKPOINT,
                    CLUSTERING,
                    VACUUM_CHECK,
                    IN_COMMIT_TIMESTAMP,
                    TYPE_WIDENING,
                    TYPE_WIDENING_PREVIEW,
                    CHECKPOINT_PROTECTION,
                    VARIANT,
                    VARIANT_PREVIEW,
                    SHREDDING,
                    SHREDDING_PREVIEW);

    static final int READER_LISTS = 3;
    static final int WRITER_LISTS = 7;

    /// What each version of writers added, from 2 on.
    private static final List<List<String>> BY_WRITER_VERSION =
            List.of(
                    List.of(APPEND_ONLY, INVARIANTS),
                    List.of(CHECKS),
                    List.of(CHANGE_DATA_FEED, GENERATED),
                    List.of(COLUMN_MAPPING),
                    List.of(IDENTITY));

    /// Features that need others.
    private static final Map<String, String> NEEDS =
            Map.of(ROW_TRACKING, DOMAINS, CLUSTERING, DOMAINS);

    private Features() {}

    /// Returns what writers of a table have to support.
    static Set<String> of(TableProtocol protocol) {
        return protocol.minWriterVersion() >= WRITER_LISTS
                ? protocol.writerFeatures()
                : upTo(protocol.minWriterVersion());
    }

    /// Returns what a version of writers without lists means.
    static Set<String> upTo(int writerVersion) {
        Set<String> features = new LinkedHashSet<>();
        for (int i = 0; i < writerVersion - 1 && i < BY_WRITER_VERSION.size(); i++) {
            features.addAll(BY_WRITER_VERSION.get(i));
        }
        return features;
    }

    /// Returns the features with those that they need.
    static Set<String> complete(Set<String> features) {
        Set<String> all = new TreeSet<>(features);
        for (String feature : features) {
            String needed = NEEDS.get(feature);
            if (needed != null) {
                all.add(needed);
            }
        }
        return all;
    }
}
