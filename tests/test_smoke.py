def test_home_page_answers(db, client):
    assert client.get("/admin/").status_code == 302
