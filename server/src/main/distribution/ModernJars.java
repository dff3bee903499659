import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Makes the jars of a distribution fit for Java's AOT cache, which holds neither classes of signed
/// jars nor those older than Java 6: the old verifier leaves nothing behind that could be kept. Takes
/// signatures out, and gives old classes the stack maps of Java 8.
///
/// Splits jars of thousands of classes. Java keeps the directory of each open jar in an array of its
/// heap; one of more than 256 KB is no small object for ZGC and takes a page of 4 to 32 MB for itself
/// (docs/performance.md).
///
/// Run as `java ModernJars.java FOLDER`; jars that are fit already stay as they are.
public final class ModernJars {
    private static final int JAVA_6 = 50;

    /// Entries of a jar, of which each takes some 100 bytes in its directory.
    private static final int MOST_ENTRIES = 1500;

    private static final String META = "META-INF/";
    private static final Pattern SIGNATURE = Pattern.compile("META-INF/[^/]*\\.(SF|RSA|DSA|EC)");

    private static final Comparator<ZipEntry> FIRST_META =
            Comparator.comparing(entry -> !entry.getName().startsWith(META));

    private final ClassFile classFile;

    private ModernJars(List<Path> jars) {
        URL[] urls = jars.stream().map(ModernJars::url).toArray(URL[]::new);
        ClassHierarchyResolver hierarchy =
                ClassHierarchyResolver.ofResourceParsing(new URLClassLoader(urls));
        classFile =
                ClassFile.of(
                        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                        ClassFile.ClassHierarchyResolverOption.of(hierarchy));
    }

    /// Changes the jars of the folder in place.
    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
        }
        ModernJars modern = new ModernJars(jars);
        for (Path jar : jars) {
            modern.refresh(jar);
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refresh(Path jar) throws IOException {
        List<Path> made = new ArrayList<>();
        try (ZipFile in = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> entries =
                    in.stream()
                            .filter(entry -> !SIGNATURE.matcher(entry.getName()).matches())
                            .sorted(FIRST_META)
                            .toList();
            if (entries.size() == in.size()
                    && entries.size() <= MOST_ENTRIES
                    && isFit(in, entries)) {
                return;
            }
            // Each part takes the manifest. The first has the classes of later releases: Java looks
            // for these in the order of the class path as well.
            for (int from = 0; from < entries.size(); from += MOST_ENTRIES) {
                int end = Math.min(entries.size(), from + MOST_ENTRIES);
                List<ZipEntry> part = new ArrayList<>(entries.subList(from, end));
                ZipEntry manifest = in.getEntry(JarFile.MANIFEST_NAME);
                if (from > 0 && manifest != null) {
                    part.addFirst(manifest);
                }
                made.add(write(in, part, jar.resolveSibling(jar.getFileName() + ".made" + from)));
            }
        }
        for (int part = 0; part < made.size(); part++) {
            String name = jar.getFileName().toString();
            String split = name.replaceFirst("[.]jar$", ".part" + part + ".jar");
            Files.move(
                    made.get(part),
                    part == 0 ? jar : jar.resolveSibling(split),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path write(ZipFile in, List<ZipEntry> entries, Path made) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(made))) {
            for (ZipEntry entry : entries) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                out.write(content(in, entry));
                out.closeEntry();
            }
        }
        return made;
    }

    /// Looks at the first class, as all of a jar come from one compiler, but those of later releases.
    private static boolean isFit(ZipFile in, List<? extends ZipEntry> entries) throws IOException {
        for (ZipEntry entry : entries) {
            if (isClass(entry) && !entry.getName().startsWith(META)) {
                return !isOld(read(in, entry));
            }
        }
        return true;
    }

    private static boolean isClass(ZipEntry entry) {
        return entry.getName().endsWith(".class") && !entry.getName().endsWith("-info.class");
    }

    private static boolean isOld(byte[] bytes) {
        return ((bytes[6] & 0xff) << 8 | (bytes[7] & 0xff)) < JAVA_6;
    }

    private static byte[] read(ZipFile in, ZipEntry entry) throws IOException {
        try (var stream = in.getInputStream(entry)) {
            return stream.readAllBytes();
        }
    }

    private byte[] content(ZipFile in, ZipEntry entry) throws IOException {
        byte[] bytes = read(in, entry);
        return isClass(entry) && isOld(bytes) ? modern(bytes) : bytes;
    }

    private byte[] modern(byte[] bytes) {
        ClassModel old = classFile.parse(bytes);
        List<ClassElement> elements = new ArrayList<>(old.elementList());
        elements.removeIf(element -> element instanceof ClassFileVersion);
        try {
            return classFile.build(
                    old.thisClass().asSymbol(),
                    builder -> {
                        builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                        for (ClassElement element : elements) {
                            // Code has to be written anew to get stack maps.
                            if (element instanceof MethodModel method) {
                                builder.transformMethod(
                                        method,
                                        MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
                            } else {
                                builder.with(element);
                            }
                        }
                    });
        } catch (IllegalArgumentException e) {
            // Sub-routines of the first compilers, or a class of no known hierarchy: stays old.
            return bytes;
        }
    }
}
