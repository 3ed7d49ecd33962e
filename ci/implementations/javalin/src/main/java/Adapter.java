import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.sse.SseClient;
import io.javalin.util.JavalinException;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The ssespec adapter for the server-sent events of Javalin (SseClient).
 *
 * <p>It takes orders on stdin and reports what the API shows on stdout, one JSON object per line. It judges nothing.
 * SseClient writes when called, so each session has a thread for its calls. There is no way to send a reconnection
 * time, so there is no {@code retry} capability.
 */
final class Adapter {
    private static final Gson GSON = new Gson();
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);

    /** Runs between serve and close. */
    private static final class Session {
        final long number;
        final Set<SseClient> clients = ConcurrentHashMap.newKeySet();
        final ExecutorService calls = Executors.newSingleThreadExecutor(Adapter::daemon);
        volatile boolean stopped;
        private boolean closed;

        Session(long number) {
            this.number = number;
        }

        /** Reports for this session unless it is closed. */
        void tell(String kind, Object content) {
            synchronized (OUT) {
                if (!closed) {
                    Adapter.tell(Map.of("session", number, kind, content));
                }
            }
        }
    }

    /** The open sessions by the last segment of their paths. */
    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws IOException {
        tell(Map.of("hello", Map.of(
            "protocol", 1,
            "role", "server",
            "name", "javalin",
            "version", Javalin.class.getPackage().getImplementationVersion(),
            "language", "Java",
            "sessions", 64,
            "capabilities",
            List.of("event-type", "event-id", "comments", "end", "disconnects", "no-content", "shutdown"))));

        Javalin app = Javalin.create(config -> {
            config.jetty.modifyServer(server -> server.setStopTimeout(5_000)); // graceful shutdown as documented
            config.routes.before("/{session}", Adapter::admit);
            config.routes.sse("/{session}", Adapter::open);
        }).start("127.0.0.1", 0);

        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = orders.readLine()) != null;) {
            obey(JsonParser.parseString(line).getAsJsonObject(), app);
        }
        System.exit(0);
    }

    private static void obey(JsonObject order, Javalin app) {
        String path = order.get("session").getAsString();
        Session session = SESSIONS.get(path);
        if (order.has("serve")) {
            Session started = new Session(order.get("session").getAsLong());
            SESSIONS.put(path, started);
            String url = "http://127.0.0.1:" + app.port() + "/" + path;
            started.tell("serving", Map.of("url", url));
        } else if (session == null) {
            return;
        } else if (order.has("emit")) {
            session.calls.execute(() -> emit(session, order.getAsJsonObject("emit")));
        } else if (order.has("end")) {
            session.calls.execute(() -> end(session));
        } else if (order.has("stop")) {
            session.stopped = true;
            session.tell("stopped", Map.of());
        } else if (order.has("shutdown")) {
            new Thread(() -> shutDown(session, app)).start();
        } else if (order.has("close")) {
            session.calls.execute(() -> end(session));
            session.calls.shutdown();
            SESSIONS.remove(path);
            synchronized (OUT) { // a call in progress reports nothing in between
                session.tell("closed", Map.of());
                session.closed = true;
            }
        }
    }

    private static void shutDown(Session session, Javalin app) {
        try {
            app.stop();
        } catch (JavalinException timeout) { // it waits for open streams and throws on timeout
            System.err.println(timeout);
        }
        session.tell("closed", Map.of());
        System.exit(0);
    }

    private static void emit(Session session, JsonObject emit) {
        String data = text(emit, "data");
        String type = text(emit, "type");
        String id = text(emit, "id");
        try {
            for (SseClient client : session.clients) {
                if (emit.has("comment")) {
                    client.sendComment(text(emit, "comment"));
                } else if (type == null) {
                    client.sendData(data, id);
                } else {
                    client.sendEvent(type, data, id);
                }
            }
            session.tell("emitted", Map.of());
        } catch (RuntimeException refusal) {
            session.tell("refused", Map.of("message", refusal.toString()));
        }
    }

    private static String text(JsonObject emit, String name) {
        return emit.has(name) ? emit.get(name).getAsString() : null;
    }

    /** Closes the current clients. A client no longer in the set did not disconnect on its own. */
    private static void end(Session session) {
        for (SseClient client : session.clients) {
            session.clients.remove(client);
            client.close();
        }
    }

    /** Answers requests that are not for a stream, before Javalin sends the headers of one. */
    private static void admit(Context context) {
        Session session = session(context);
        if (session == null) {
            context.status(HttpStatus.NOT_FOUND).skipRemainingHandlers();
        } else if (session.stopped) {
            context.status(HttpStatus.NO_CONTENT).skipRemainingHandlers();
        }
    }

    private static Session session(Context context) {
        return SESSIONS.get(context.pathParam("session"));
    }

    private static void open(SseClient client) {
        Session session = session(client.ctx());
        if (session == null) {
            return;
        }
        client.keepAlive();
        client.onClose(() -> {
            if (session.clients.remove(client)) {
                session.tell("disconnected", Map.of());
            }
        });
        session.clients.add(client);
        String lastEventId = client.ctx().header("Last-Event-ID");
        session.tell("connected", Map.of("lastEventId", lastEventId == null ? "" : lastEventId));
    }

    private static Thread daemon(Runnable calls) {
        Thread thread = new Thread(calls);
        thread.setDaemon(true);
        return thread;
    }

    private static void tell(Map<String, ?> message) {
        OUT.println(GSON.toJson(message));
    }
}
