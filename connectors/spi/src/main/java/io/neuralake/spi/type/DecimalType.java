package io.neuralake.spi.type;

/// An exact number of `precision` decimal digits, `scale` of them behind the point, held as the
/// unscaled integer: INT64 up to 18 digits, INT128 up to 38.
///
/// @param precision 1 to 38
/// @param scale 0 to precision
public record DecimalType(int precision, int scale) implements Type {
    /// The largest precision.
    public static final int MAX_PRECISION = 38;

    /// The largest precision that INT64 holds.
    public static final int MAX_SHORT_PRECISION = 18;

    /// Checks the ranges; throws IllegalArgumentException outside of them.
    public DecimalType {
        if (precision < 1 || precision > MAX_PRECISION || scale < 0 || scale > precision) {
            throw new IllegalArgumentException(
                    "Decimal precision and scale out of range: " + precision + ", " + scale);
        }
    }

    /// Tells whether values are INT64.
    public boolean isShort() {
        return precision <= MAX_SHORT_PRECISION;
    }

    @Override
    public PhysicalType physical() {
        return isShort() ? PhysicalType.INT64 : PhysicalType.INT128;
    }

    @Override
    public String sql() {
        return "DECIMAL(" + precision + ", " + scale + ")";
    }
}
