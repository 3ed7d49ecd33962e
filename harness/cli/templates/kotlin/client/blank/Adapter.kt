// The ssespec adapter of a client: it takes orders on stdin, and reports on stdout what the client does, one JSON object per
// line. https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
import com.google.gson.Gson
import java.io.FileDescriptor
import java.io.FileOutputStream
import java.io.PrintStream
import java.util.concurrent.ConcurrentHashMap
import kotlin.concurrent.thread
import kotlin.system.exitProcess

class Connect(val url: String, val headers: Map<String, String>?)

class Order(val session: Long, val connect: Connect?, val close: Any?)

private val json = Gson()
private val out = PrintStream(FileOutputStream(FileDescriptor.out), true, Charsets.UTF_8)
private val clients = ConcurrentHashMap<Long, Client>()

private fun write(message: Map<String, Any>) = synchronized(out) { out.println(json.toJson(message)) }

private fun say(session: Long, kind: String, content: Map<String, Any>) = write(mapOf("session" to session, kind to content))

private fun live(session: Long, client: Client) {
    try {
        client.read { type, data, id ->
            say(session, "event", mapOf("type" to type.ifEmpty { "message" }, "data" to data, "id" to id))
        }
    } catch (problem: Exception) {
        if (!client.isClosed) say(session, "error", mapOf("message" to problem.toString()))
    }
    clients.remove(session)
    say(session, "closed", mapOf()) // exactly once, however it ended
}

fun main() {
    System.setOut(System.err) // stdout is for messages alone
    // What the API of the client can do or show.
    val can = listOf("requests", "close", "errors", "headers", "event-type", "event-id", "own-id")
    val hello = mapOf(
        "protocol" to 1, "role" to "client", "name" to "my-client", "version" to "0.1.0", "language" to "Kotlin",
        "sessions" to 64, "capabilities" to can,
    )
    write(mapOf("hello" to hello))
    for (line in System.`in`.bufferedReader().lineSequence()) {
        val order = json.fromJson(line, Order::class.java)
        if (order.connect != null) {
            val client = Client(order.connect.url, order.connect.headers ?: mapOf())
            clients[order.session] = client // before the next order, which may close it
            thread { live(order.session, client) }
        } else if (order.close != null) {
            clients[order.session]?.close()
        }
    }
    exitProcess(0)
}
