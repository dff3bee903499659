package io.neuralake.planner;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The settings of one client's session. Thread-safe.
public final class SqlSession {
    private final String user;
    private volatile String catalog;
    private volatile String schema;
    private volatile ZoneId zone = ZoneOffset.UTC;
    private final Map<String, String> settings = new ConcurrentHashMap<>();

    /// Opens a session with the default catalog `lake` and schema `main`.
    public SqlSession(String user) {
        this(user, "lake", "main");
    }

    /// Opens a session.
    public SqlSession(String user, String catalog, String schema) {
        this.user = user;
        this.catalog = catalog;
        this.schema = schema;
    }

    /// Returns the authenticated user.
    public String user() {
        return user;
    }

    /// Returns the catalog of unqualified names.
    public String catalog() {
        return catalog;
    }

    /// Sets the catalog of unqualified names.
    public void setCatalog(String name) {
        catalog = name;
    }

    /// Returns the schema of unqualified names.
    public String schema() {
        return schema;
    }

    /// Sets the schema of unqualified names.
    public void setSchema(String name) {
        schema = name;
    }

    /// Returns the time zone of casts between TIMESTAMP and TIMESTAMP WITH TIME ZONE.
    public ZoneId zone() {
        return zone;
    }

    /// Sets the time zone.
    public void setZone(ZoneId zoneId) {
        zone = zoneId;
    }

    /// Returns further settings by lower-case name, such as `memory_limit`, `threads`,
    /// `batch_rows`; live.
    public Map<String, String> settings() {
        return settings;
    }
}
