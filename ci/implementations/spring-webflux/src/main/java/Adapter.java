import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.netty.http.client.HttpClient;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The ssespec adapter for the WebClient of spring-webflux on Reactor Netty, a reader that does not reconnect.
 *
 * <p>It also shows blocks without data, with data that is null; these are not events. It has comments as parts of blocks, so that
 * it does not say when one comes.
 */
final class Adapter {
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
    private static final Map<Long, Adapter> SESSIONS = new ConcurrentHashMap<>(); // until they end
    // Connections of its own for each session, because idle ones are kept.
    private static final WebClient CLIENT =
        WebClient.builder().clientConnector(new ReactorClientHttpConnector(HttpClient.newConnection())).build();

    private final long session;
    private final String closeIn;
    private final Disposable.Swap stream = Disposables.swap();

    private Adapter(long session, String closeIn) {
        this.session = session;
        this.closeIn = closeIn;
    }

    public static void main(String[] arguments) throws IOException {
        tell(Map.of("hello", Map.of("protocol", 1, "role", "client", "name", "spring-webflux",
            "version", WebClient.class.getPackage().getImplementationVersion(), "language", "Java", "sessions", 64, "capabilities",
            List.of("requests", "close", "headers", "methods", "errors", "event-type", "event-id", "own-id"))));
        var orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line; (line = orders.readLine()) != null;) {
            var order = JsonParser.parseString(line).getAsJsonObject();
            var session = order.get("session").getAsLong();
            var running = SESSIONS.get(session);
            if (order.has("connect")) {
                connect(session, order.getAsJsonObject("connect"));
            } else if (order.has("close") && running != null) {
                running.close();
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void connect(long session, JsonObject order) {
        var adapter = new Adapter(session, order.has("closeIn") ? order.get("closeIn").getAsString() : "");
        SESSIONS.put(session, adapter);
        var request = CLIENT.method(HttpMethod.valueOf(order.get("method").getAsString()))
            .uri(URI.create(order.get("url").getAsString())).accept(MediaType.TEXT_EVENT_STREAM);
        order.getAsJsonObject("headers").entrySet().forEach(e -> request.header(e.getKey(), e.getValue().getAsString()));
        var body = order.get("body").getAsString();
        var response = (body.isEmpty() ? request : request.bodyValue(body.getBytes(UTF_8))).retrieve();
        adapter.stream.update(response.bodyToFlux(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
            .subscribe(adapter::show, adapter::fail, adapter::end));
    }

    private void show(ServerSentEvent<String> event) {
        if (event.data() != null) {
            say("event", Map.of("type", event.event() == null ? "message" : event.event(), "data", event.data(),
                "id", event.id() == null ? "" : event.id()));
        }
    }

    private void fail(Throwable problem) {
        say("error", Map.of("message", problem.toString()));
        end();
    }

    private void close() {
        stream.dispose();
        end();
    }

    private void say(String kind, Map<String, String> content) {
        synchronized (OUT) { // so that nothing follows `closed`
            if (SESSIONS.containsKey(session)) {
                tell(Map.of("session", session, kind, content));
            }
        }
        if (kind.equals(closeIn)) {
            close();
        }
    }

    private void end() {
        synchronized (OUT) {
            if (SESSIONS.remove(session) != null) {
                tell(Map.of("session", session, "closed", Map.of()));
            }
        }
    }

    private static void tell(Object message) {
        synchronized (OUT) {
            OUT.println(new Gson().toJson(message));
        }
    }
}
