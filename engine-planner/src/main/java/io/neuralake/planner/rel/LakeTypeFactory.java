package io.neuralake.planner.rel;

import org.apache.calcite.sql.type.SqlTypeFactoryImpl;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Creates Calcite types by the rules of [LakeTypeSystem]; strings are UTF-8. Thread-safe.
public final class LakeTypeFactory extends SqlTypeFactoryImpl {
    /// The one instance needed.
    public static final LakeTypeFactory INSTANCE = new LakeTypeFactory();

    private LakeTypeFactory() {
        super(LakeTypeSystem.INSTANCE);
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }
}
