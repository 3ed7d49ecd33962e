import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

// The ssespec adapter of a client: it takes orders on stdin, and reports on stdout what the client does, one JSON object per
// line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
final class Adapter {
    record Connect(String url, Map<String, String> headers) {}

    record Order(long session, Connect connect, Object close) {}

    private static final Gson JSON = new Gson();
    private static final PrintStream OUT =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private static final Map<Long, Client> CLIENTS = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws IOException {
        System.setOut(System.err); // stdout is for messages alone
        // What the API of the client can do or show.
        List<String> can = List.of("requests", "close", "errors", "headers", "event-type", "event-id", "own-id");
        write(Map.of("hello", Map.of("protocol", 1, "role", "client", "name", "my-client", "version", "0.1.0",
            "language", "Java", "sessions", 64, "capabilities", can)));
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = orders.readLine()) != null; ) {
            Order order = JSON.fromJson(line, Order.class);
            if (order.connect != null) {
                Client client = new Client(order.connect.url, order.connect.headers);
                CLIENTS.put(order.session, client); // before the next order, which may close it
                new Thread(() -> live(order.session, client)).start();
            } else if (order.close != null && CLIENTS.containsKey(order.session)) {
                CLIENTS.get(order.session).close();
            }
        }
        System.exit(0);
    }

    private static void live(long session, Client client) {
        try {
            client.read((type, data, id) -> say(session, "event",
                Map.of("type", type.isEmpty() ? "message" : type, "data", data, "id", id)));
        } catch (Exception problem) {
            if (!client.isClosed()) say(session, "error", Map.of("message", problem.toString()));
        }
        CLIENTS.remove(session);
        say(session, "closed", Map.of()); // exactly once, however it ended
    }

    private static void say(long session, String kind, Object content) {
        write(Map.of("session", session, kind, content));
    }

    private static synchronized void write(Object message) {
        OUT.println(JSON.toJson(message));
    }
}
