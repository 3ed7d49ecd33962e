import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

// Replace this class with your client. It is a minimal reader, which does not reconnect.
final class Client {
    interface Listener {
        void event(String type, String data, String id);
    }

    private static final HttpClient HTTP = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NORMAL).build();
    private final CompletableFuture<HttpResponse<InputStream>> response;
    private volatile boolean closed;

    Client(String url, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("accept", "text/event-stream");
        headers.forEach(request::setHeader);
        response = HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Calls the listener for each event until the stream ends. */
    void read(Listener listener) throws IOException, InterruptedException, ExecutionException {
        String kind = response.get().headers().firstValue("content-type").orElse("");
        if (response.get().statusCode() != 200 || !kind.matches("(?i)text/event-stream\\s*(;.*)?")) {
            response.get().body().close();
            throw new IOException("status " + response.get().statusCode() + ", content type " + kind);
        }
        String type = "", id = "";
        List<String> data = new ArrayList<>();
        // Not BufferedReader.readLine: it takes what a stream ends with for a line.
        try (Reader reader = new InputStreamReader(response.get().body(), StandardCharsets.UTF_8)) {
            StringBuilder line = new StringBuilder();
            char[] part = new char[8192];
            boolean afterCr = false, first = true;
            for (int count; (count = reader.read(part)) > 0; ) {
                for (int at = 0; at < count && !closed; at++) {
                    char next = part[at];
                    boolean isSecondHalf = afterCr && next == '\n'; // of a CRLF
                    afterCr = next == '\r';
                    if (isSecondHalf || first && next == '\ufeff') {
                        first = false;
                        continue;
                    }
                    first = false;
                    if (next != '\r' && next != '\n') {
                        line.append(next);
                        continue;
                    }
                    String[] field = line.toString().split(": ?", 2);
                    String value = field.length > 1 ? field[1] : "";
                    if (line.isEmpty()) {
                        if (!data.isEmpty()) listener.event(type, String.join("\n", data), id);
                        type = id = "";
                        data.clear();
                    }
                    line.setLength(0);
                    switch (field[0]) {
                        case "event" -> type = value;
                        case "data" -> data.add(value);
                        case "id" -> id = value.contains("\0") ? id : value;
                        default -> { }
                    }
                }
            }
        }
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        response.thenAccept(answered -> {
            try {
                answered.body().close();
            } catch (IOException ignored) {
                // It is closed then.
            }
        });
        response.cancel(true);
    }
}
