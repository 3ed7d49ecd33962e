import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.Headers;
import okhttp3.OkHttp;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

import static java.nio.charset.StandardCharsets.UTF_8;

/** The ssespec adapter for okhttp-sse, a reader that does not reconnect. */
final class Adapter extends EventSourceListener {
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    private static final Map<Long, EventSource> SESSIONS = new ConcurrentHashMap<>(); // until they end
    // Otherwise 10 s of silence end a stream, and a sixth one of a host waits for another to end.
    private static final OkHttpClient CLIENT = new OkHttpClient.Builder().readTimeout(Duration.ZERO).build();

    private final long session;
    private final String closeIn;

    private Adapter(long session, String closeIn) {
        this.session = session;
        this.closeIn = closeIn;
    }

    public static void main(String[] arguments) throws IOException {
        CLIENT.dispatcher().setMaxRequestsPerHost(64);
        tell(Map.of("hello", Map.of("protocol", 1, "role", "client", "name", "okhttp-sse", "version", OkHttp.VERSION,
            "language", "Java", "sessions", 64, "capabilities",
            List.of("requests", "close", "headers", "methods", "opened", "errors", "event-type", "event-id"))));
        var orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = orders.readLine()) != null;) {
            var order = JsonParser.parseString(line).getAsJsonObject();
            var session = order.get("session").getAsLong();
            var source = SESSIONS.get(session);
            if (order.has("connect")) {
                connect(session, order.getAsJsonObject("connect"));
            } else if (order.has("close") && source != null) {
                source.cancel(); // onFailure says the rest
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void connect(long session, JsonObject order) {
        var headers = new Headers.Builder();
        order.getAsJsonObject("headers").entrySet().forEach(e -> headers.addUnsafeNonAscii(e.getKey(), e.getValue().getAsString()));
        var body = order.get("body").getAsString();
        var request = new Request.Builder().url(order.get("url").getAsString()).headers(headers.build())
            .method(order.get("method").getAsString(), body.isEmpty() ? null : RequestBody.create(body.getBytes(UTF_8))).build();
        // Connections of its own, because idle ones are kept.
        Call.Factory client = CLIENT.newBuilder().connectionPool(new ConnectionPool()).build();
        var closeIn = order.has("closeIn") ? order.get("closeIn").getAsString() : "";
        synchronized (SESSIONS) { // so that it has begun before it can end
            SESSIONS.put(session, EventSources.createFactory(client).newEventSource(request, new Adapter(session, closeIn)));
        }
    }

    private void say(EventSource source, String kind, Map<String, String> content) {
        tell(Map.of("session", session, kind, content));
        if (kind.equals(closeIn)) {
            source.cancel();
        }
    }

    private void end() {
        synchronized (SESSIONS) {
            SESSIONS.remove(session);
        }
        tell(Map.of("session", session, "closed", Map.of()));
    }

    @Override
    public void onOpen(EventSource source, Response response) {
        say(source, "opened", Map.of());
    }

    @Override
    public void onEvent(EventSource source, String id, String type, String data) {
        say(source, "event", Map.of("type", type == null ? "message" : type, "data", data, "id", id == null ? "" : id));
    }

    @Override
    public void onClosed(EventSource source) {
        end();
    }

    @Override
    public void onFailure(EventSource source, Throwable problem, Response response) {
        if (problem == null || !"canceled".equalsIgnoreCase(problem.getMessage())) { // which is what cancel() causes
            say(source, "error", Map.of("message", problem == null ? response.toString() : problem.toString()));
        }
        end();
    }

    private static void tell(Object message) {
        synchronized (OUT) {
            OUT.println(new Gson().toJson(message));
        }
    }
}
