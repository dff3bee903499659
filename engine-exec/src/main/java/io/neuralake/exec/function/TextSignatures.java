package io.neuralake.exec.function;

import static io.neuralake.exec.function.SignatureBuilder.AS_BIGINT;
import static io.neuralake.exec.function.SignatureBuilder.AS_TEXT;
import static io.neuralake.exec.function.SignatureBuilder.BYTES;
import static io.neuralake.exec.function.SignatureBuilder.LIST;
import static io.neuralake.exec.function.SignatureBuilder.TEXT;
import static io.neuralake.exec.function.SignatureBuilder.argument;
import static io.neuralake.exec.function.SignatureBuilder.fixed;
import static io.neuralake.exec.function.SignatureBuilder.function;

import io.neuralake.exec.function.ScalarSignature.Parameter;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Lists the functions of text and binary.
final class TextSignatures {
    private static final Type V = ScalarType.VARCHAR;
    private static final Parameter BINARY = new Parameter(TypeFamily.BINARY, null);

    private TextSignatures() {}

    static List<ScalarSignature> list() {
        List<ScalarSignature> list = new ArrayList<>();
        matching(list);
        parts(list);
        building(list);
        encoding(list);
        return list;
    }

    private static void matching(List<ScalarSignature> list) {
        Type b = ScalarType.BOOLEAN;
        list.add(
                function("like")
                        .takesOptional(1, b, TEXT, TEXT, TEXT)
                        .says("Matches a pattern with % and _, with an escape character"));
        list.add(
                function("ilike")
                        .takesOptional(1, b, TEXT, TEXT, TEXT)
                        .says("As like, ignoring case"));
        list.add(
                function("glob")
                        .takes(b, TEXT, TEXT)
                        .says("Matches a pattern with *, ? and sets such as [a-z] or [!a-z]"));
        list.add(
                function("similar_to")
                        .takesOptional(1, b, TEXT, TEXT, TEXT)
                        .says("Matches a regular expression of SQL"));
        list.add(
                function("regexp_like", "regexp_matches")
                        .takesOptional(1, b, TEXT, TEXT, TEXT)
                        .says("Finds a regular expression anywhere in the text; options i, s, m"));
        list.add(
                function("regexp_full_match")
                        .takesOptional(1, b, TEXT, TEXT, TEXT)
                        .says("Matches the whole text with a regular expression"));
        list.add(
                function("regexp_replace")
                        .takesOptional(1, V, TEXT, TEXT, TEXT, TEXT)
                        .says("Replaces the first match, or all with option g"));
        list.add(
                function("regexp_extract", "regexp_substr")
                        .takesOptional(1, V, TEXT, TEXT, AS_BIGINT)
                        .says("The first match, or a group of it; empty without one"));
        list.add(
                function("regexp_extract_all")
                        .takesOptional(1, new ListType(V), TEXT, TEXT, AS_BIGINT)
                        .says("All matches, or a group of them"));
        list.add(
                function("regexp_count")
                        .takes(ScalarType.BIGINT, TEXT, TEXT)
                        .says("The number of matches"));
        list.add(
                function("starts_with", "startswith", "prefix")
                        .takes(b, TEXT, TEXT)
                        .says("Whether the text begins with another"));
        list.add(
                function("ends_with", "endswith", "suffix")
                        .takes(b, TEXT, TEXT)
                        .says("Whether the text ends with another"));
        list.add(
                function("contains")
                        .takes(b, TEXT, TEXT)
                        .takes(b, LIST, SignatureBuilder.ANY)
                        .says("Whether the text contains another, or the list an element"));
        list.add(
                function("position")
                        .takes(ScalarType.BIGINT, TEXT, TEXT)
                        .says("position(needle, text): where it begins, from 1; else 0"));
        list.add(
                function("strpos", "instr")
                        .takes(ScalarType.BIGINT, TEXT, TEXT)
                        .says("strpos(text, needle): where it begins, from 1; else 0"));
    }

    private static void parts(List<ScalarSignature> list) {
        list.add(
                function("substring", "substr")
                        .takesOptional(1, argument(0), BYTES, AS_BIGINT, AS_BIGINT)
                        .says("A part from a position on, from 1; negative counts from the end"));
        for (String name : List.of("trim", "ltrim", "rtrim")) {
            String[] aliases = name.equals("trim") ? new String[] {"btrim"} : new String[0];
            list.add(
                    function(name, aliases)
                            .takesOptional(1, V, TEXT, TEXT)
                            .says("Removes spaces, or any of the given characters, at the ends"));
        }
        list.add(function("left").takes(V, TEXT, AS_BIGINT).says("The first n characters"));
        list.add(function("right").takes(V, TEXT, AS_BIGINT).says("The last n characters"));
        list.add(
                function("split_part")
                        .takes(V, TEXT, TEXT, AS_BIGINT)
                        .says("The n-th part between separators"));
        list.add(
                function("string_split", "split", "str_split", "string_to_array")
                        .takes(new ListType(V), TEXT, TEXT)
                        .says("The parts between separators"));
        list.add(
                function("length", "char_length", "character_length", "len")
                        .takes(ScalarType.BIGINT, TEXT)
                        .takes(ScalarType.BIGINT, BINARY)
                        .takes(ScalarType.BIGINT, LIST)
                        .says("The number of characters, bytes or elements"));
        list.add(
                function("octet_length", "strlen")
                        .takes(ScalarType.BIGINT, BYTES)
                        .says("The number of bytes"));
        list.add(function("bit_length").takes(ScalarType.BIGINT, BYTES).says("The number of bits"));
        list.add(
                function("ascii", "ord", "unicode")
                        .takes(ScalarType.INTEGER, TEXT)
                        .says("The code point of the first character"));
    }

    private static void building(List<ScalarSignature> list) {
        list.add(function("upper", "ucase").takes(V, TEXT).says("In upper case"));
        list.add(function("lower", "lcase").takes(V, TEXT).says("In lower case"));
        list.add(
                function("initcap")
                        .takes(V, TEXT)
                        .says("Each word with a capital, the rest in lower case"));
        for (String name : List.of("lpad", "rpad")) {
            list.add(
                    function(name)
                            .takesOptional(1, V, TEXT, AS_BIGINT, TEXT)
                            .says("Fills or cuts to n characters"));
        }
        list.add(
                function("replace")
                        .takes(V, TEXT, TEXT, TEXT)
                        .says("Replaces all occurrences of a text"));
        list.add(
                function("translate")
                        .takes(V, TEXT, TEXT, TEXT)
                        .says("Replaces characters one by one"));
        list.add(
                function("overlay")
                        .takesOptional(1, V, TEXT, TEXT, AS_BIGINT, AS_BIGINT)
                        .says("Replaces a part from a position on"));
        list.add(
                function("concatenate")
                        .takes(ScalarType.VARBINARY, BINARY, BINARY)
                        .takes(CommonTypes::least, LIST, LIST)
                        .takes(V, AS_TEXT, AS_TEXT)
                        .says("Appends two values, as || does; NULL makes it NULL"));
        list.add(
                function("concat")
                        .takesMany(0, CommonTypes::least, LIST)
                        .takesMany(0, fixed(ScalarType.VARBINARY), BINARY)
                        .takesMany(0, fixed(V), AS_TEXT)
                        .seesNulls()
                        .says("Appends the values, leaving out NULLs"));
        list.add(
                function("concat_ws")
                        .takesMany(1, fixed(V), TEXT, AS_TEXT)
                        .seesNulls()
                        .says("Appends values with a separator, leaving out NULLs"));
        list.add(function("reverse").takes(V, TEXT).says("The characters backwards"));
        list.add(function("repeat").takes(V, TEXT, AS_BIGINT).says("The text n times"));
        list.add(function("chr").takes(V, AS_BIGINT).says("The character of a code point"));
        list.add(function("space").takes(V, AS_BIGINT).says("n spaces"));
    }

    private static void encoding(List<ScalarSignature> list) {
        list.add(function("md5").takes(V, BYTES).says("MD5 as hexadecimal text"));
        list.add(function("sha1").takes(V, BYTES).says("SHA-1 as hexadecimal text"));
        list.add(function("sha256").takes(V, BYTES).says("SHA-256 as hexadecimal text"));
        list.add(
                function("hex", "to_hex")
                        .takes(V, BYTES)
                        .takes(V, AS_BIGINT)
                        .says("Hexadecimal digits of bytes or of a number"));
        list.add(
                function("unhex", "from_hex")
                        .takes(ScalarType.VARBINARY, TEXT)
                        .says("Bytes of hexadecimal digits"));
        list.add(function("to_base64", "base64").takes(V, BYTES).says("Base64 of bytes"));
        list.add(function("from_base64").takes(ScalarType.VARBINARY, TEXT).says("Bytes of Base64"));
        list.add(function("encode").takes(ScalarType.VARBINARY, TEXT).says("Text to UTF-8 bytes"));
        list.add(function("decode").takes(V, BINARY).says("UTF-8 bytes to text"));
    }
}
