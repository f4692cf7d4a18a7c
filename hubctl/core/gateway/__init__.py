"""What the gateway is sent and what it says: chats, refusals, prices, logs; and configs derived for it."""
